// nodemailer with its pool, a message composed for each reader: node pool.cjs FOLDER PORT MESSAGES CONNECTIONS LINE COUNT
// FOLDER holds node_modules; LINE, COUNT times, is the text.
const [folder, port, messages, connections, line, count] = process.argv.slice(2);
const nodemailer = require(require.resolve("nodemailer", { paths: [folder] }));
const total = Number(messages), first = Math.floor(total / 10), last = Math.floor((total * 9) / 10);
const lines = Array(Number(count)).fill(line);
const text = lines.join("\n") + "\n";
const html = "<!doctype html><html><body>" + lines.map((one) => `<p>${one}</p>`).join("\n") + "</body></html>\n";
const transport = nodemailer.createTransport({
  host: "127.0.0.1", port: Number(port), secure: false, ignoreTLS: true,
  pool: true, maxConnections: Number(connections), maxMessages: Infinity,
});
let next = 0, done = 0;
const marks = [];

function note() {
  done += 1;
  if (done === first || done === last) marks.push([performance.now(), process.cpuUsage()]);
}

async function lane() {
  while (next < total) {
    const number = next++;
    const link = `https://gazette.example.org/unsubscribe/${String(number).padStart(22, "0")}`;
    await transport.sendMail({
      from: "La Gazette <gazette@example.org>",
      to: `reader${number}@example.net`,
      subject: "The bridge opens",
      text: `${text}\n${link}\n`,
      html: html.replace("</body>", `<p><a href="${link}">Leave</a></p></body>`),
      list: { unsubscribe: { url: link } },
      headers: { "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
    });
    note();
  }
}

// Twice as many as connections, so that the next message is composed while one is on the wire.
Promise.all(Array.from({ length: 2 * Number(connections) }, lane)).then(() => {
  transport.close();
  const [[began, usedBefore], [ended, usedAfter]] = marks;
  const cpu = usedAfter.user + usedAfter.system - usedBefore.user - usedBefore.system;
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ rate: ((last - first) / (ended - began)) * 1000, cpu: cpu / (last - first), peak }));
}, (problem) => { console.error(problem); process.exit(1); });
