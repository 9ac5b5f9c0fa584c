"""Shortcodes and templates: the common ones are understood, the others leave the text and are named; none is run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.ingest.dialects.directives import draw_boxes
from publisher.ingest.dialects.mdx import strip_mdx
from publisher.ingest.dialects.shortcodes import expand

WATCH = '<a href="https://www.youtube.com/watch?v=abc-1">https&#58;//www.youtube.com/watch?v=abc-1</a>'


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('[a]({{< ref "x.md#when" >}})', "[a](@/x.md#when)"),
        ('[a]({{% relref "./my x.md" %}})', "[a](./my%20x.md)"),
        ("[a]({% post_url 2026-11-20-name %})", "[a](@/2026-11-20-name.md)"),
        ("[a]({{ site.baseurl }}{% link _posts/x.md %})", "[a](@/_posts/x.md)"),
        ("![a]({% link img/a.png %})", "![a](/img/a.png)"),
        ('![a]({{ "/img/a.png" | relative_url }})', "![a](/img/a.png)"),
        ("{{< youtube abc-1 >}}", WATCH),
        ('{{ youtube(id="abc-1") }}', WATCH),
        ("{% include youtube.html id='abc-1' %}", WATCH),
        (
            '{{< figure src="a b.png" alt="A" caption="*In* & out" attr="Nora" >}}',
            '<figure><img src="a%20b.png" alt="A"><figcaption><em>In</em> &amp; out Nora</figcaption></figure>',
        ),
        ('{% include figure.html src="a.png" alt="A" %}', '<figure><img src="a.png" alt="A"></figure>'),
        (
            "{{< highlight go >}}a < {{ b }}{{< /highlight >}}",
            '<pre><code class="language-go">a &lt; {{ b }}\n</code></pre>',
        ),
        (
            "{% highlight ruby linenos %}\na\n{% endhighlight %}",
            '<pre><code class="language-ruby">a\n</code></pre>',
        ),
        ("{% raw %}{{ a }}{% endraw %}", "{{ a }}"),
        ("a{% comment %}b{{ c }}{% endcomment %}d", "ad"),
        ("a{{/* b */}}c{# d #}e", "ace"),
        ("{{</* figure */>}} and {{%/* x */%}}", "{{< figure >}} and {{% x %}}"),
        ("`{{</* figure */>}}`", "`{{< figure >}}`"),
        ("* Contents\n{:toc}\n\nText{: .lead }", "\n\nText"),
    ],
)
def test_common_marks_are_understood(written: str, meant: str) -> None:
    found = expand(written)
    assert (found.text, found.notes) == (meant, ())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('See {{< ref "posts/the-market.md" >}}.', 'See <a href="@/posts/the-market.md">The market</a>.'),
        ('{{< relref "market.md#stalls" >}}', '<a href="@/market.md#stalls">Market</a>'),
        ("{% post_url 2026-11-20-big-fair %}", '<a href="@/2026-11-20-big-fair.md">Big fair</a>'),
        ("(see {% link menu.pdf %})", '(see <a href="/menu.pdf">Menu</a>)'),
        ('[here]({{< ref "a.md" >}})', "[here](@/a.md)"),
        ("[here]({{ site.baseurl }}{% post_url 2026-11-20-a %})", "[here](@/2026-11-20-a.md)"),
        ("[here]\n\n[here]: {% link a.md %}", "[here]\n\n[here]: @/a.md"),
        ('<a class="x" href="{{< ref "a.md" >}}">here</a>', '<a class="x" href="@/a.md">here</a>'),
    ],
)
def test_bare_target_becomes_a_link(written: str, meant: str) -> None:
    assert expand(written).text == meant


@pytest.mark.parametrize(
    "written",
    [
        "`{{< chart >}}` and ``{% x ` %}``",
        "```\n{{< chart >}}\n```",
        "~~~\n{% x %}\n```\n~~~",
        "> ```\n> {{< chart >}}\n> ```",
        "Text\n\n    {{ page.title }}",
        "{{7*7}} and ${7*7} and {{}} and {%%}",
        r"$x_{{a}}$ and \frac{{a}}{b} and ${{ a }}",
        "a {{ never closed",
        "## Title {#own-id}",
        "{:ok, value} in {: a, b }",
    ],
)
def test_what_is_no_mark_stays(written: str) -> None:
    assert expand(written).text == written


@pytest.mark.parametrize(
    ("written", "left", "note"),
    [
        ("a\n{{< chart x=1 >}}b", "a\nb", "{{< chart >}} in line 6 was left out"),
        ("{{% box %}}*kept*{{% /box %}}", "*kept*", "{{% box %}} in line 5 was left out"),
        ("{% if a %}kept{% endif %}", "kept", "{% if %} in line 5 was left out"),
        ("{% callout() %}kept{% end %}", "kept", "{% callout %} in line 5 was left out"),
        ("{{ page.title }}", "", "{{ page.title }} in line 5 was left out"),
        ("{{< youtube javascript:alert >}}", "", "{{< youtube >}} in line 5 was left out"),
        ("{% include ad.html %}", "", "{% include %} in line 5 was left out"),
    ],
)
def test_unknown_marks_are_named_once(written: str, left: str, note: str) -> None:
    found = expand(f"{written}", first_line=5)
    assert (found.text, found.notes) == (left, (note,))


def test_folds_and_quotations_are_closed() -> None:
    found = expand('{{< details summary="More" >}}a{% quote(author="Nora") %}b{% end %}{{< /details >}}').text
    assert " ".join(found.split()) == (
        "<details><summary>More</summary> a <blockquote> b <footer>Nora</footer> </blockquote> </details>"
    )


@given(st.text(alphabet="{}%<>/*`\n #:\"'axend(=)|-$", max_size=60))
def test_any_text_is_expanded(written: str) -> None:
    for reader in (expand, strip_mdx):
        assert reader(written).text is not None
    assert draw_boxes(written) is not None


@pytest.mark.parametrize(
    ("written", "meant", "notes"),
    [
        ("import A from './a'\nimport B from 'b'\n\nText", "\nText", ["import in line 1 was left out"]),
        ("export const a = {\n\n  b: 1,\n}\n\nText", "\nText", ["export in line 1 was left out"]),
        ("import duties rise", "import duties rise", []),
        ("a {props.b} c", "a  c", ["{props.b} in line 1 was left out"]),
        ("a {/* b */}{'c'} \\{d\\}", "a c \\{d\\}", []),
        ("a\n\n{/* truncate */}\n\nb", "a\n\n<!-- truncate -->\n\nb", []),
        ("`{a}` and $x_{a}$ and\n```js\n{b}\n```", "`{a}` and $x_{a}$ and\n```js\n{b}\n```", []),
        ('<Foo a={b > c} d="}">kept</Foo>', "kept", ["<Foo> in line 1 was left out"]),
        ("<>kept</>", "kept", []),
        ("<div style={{a: 1}} title='b'>c</div>", '<div title="b">c</div>', []),
        ("import p from './p.png'\n\n<Image src={p} alt='A' />", '<figure><img src="./p.png" alt="A"></figure>', None),
        ("<img src={require('./p.png').default} />", '<img src="./p.png">', []),
        ("## Title {#own-id}", "## Title {#own-id}", []),
    ],
)
def test_mdx_becomes_markdown(written: str, meant: str, notes: list[str] | None) -> None:
    found = strip_mdx(written)
    assert found.text.lstrip("\n") == meant.lstrip("\n")
    assert notes is None or list(found.notes) == notes


def test_tabs_keep_labels_and_code() -> None:
    found = strip_mdx(
        '<Tabs>\n  <TabItem label="npm">\n\n    ```js\n    a\n    ```\n\n    Words\n\n  </TabItem>\n</Tabs>'
    )
    assert [line.strip() for line in found.text.split("\n") if line.strip()] == [
        "**npm**",
        "```js",
        "a",
        "```",
        "Words",
    ]
    assert "\n```js\na\n```\n\nWords\n" in found.text


@pytest.mark.parametrize(
    ("written", "title"),
    [(":::note", "Note"), (":::tip[My *way*]", "My *way*"), ("::: warning Mind the gap", "Mind the gap")],
)
def test_admonitions_become_boxes(written: str, title: str) -> None:
    found = draw_boxes(f"a\n\n{written}\n\nb\n\n:::\n\nc")
    assert f'<div class="markdown-alert">\n<p class="markdown-alert-title">{title}</p>' in found
    assert found.endswith("</div>\n\n\nc")


def test_admonition_in_code_stays() -> None:
    assert draw_boxes("```\n:::note\n```") == "```\n:::note\n```"
