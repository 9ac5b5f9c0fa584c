"""What is given away: a wheel that runs anywhere, and a source archive that makes the same wheel."""

import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from pathlib import Path, PurePosixPath

import pytest

import publisher
from tests.acceptance.site import Running, find_free_port, replace_in, running
from tests.homes import HomeFolder

CHECKOUT = Path(publisher.__file__).parents[1]
NAMED = f"publisher-{publisher.__version__}"
LEFT_OVER = ("~", ".orig", ".rej", ".bak", ".pyc")


@dataclass(frozen=True, slots=True)
class InstalledHome(HomeFolder):
    """A home that is run by the `publisher` of another environment."""

    program: Path

    def command(self, *arguments: str) -> list[str]:
        """A command line for this home."""
        return [str(self.program), "--home", str(self.path), *arguments]


def build(folder: Path, *, target: str, out: Path) -> Path:
    """Build a wheel or a source archive from a folder; gives the file."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(out)]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this checkout."""
    return build(CHECKOUT, target="wheel", out=tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A source archive of this checkout."""
    return build(CHECKOUT, target="sdist", out=tmp_path_factory.mktemp("sdist"))


def install(folder: Path, *what: str) -> Path:
    """Install into a new environment that has the libraries of this one, and nothing else; gives its `publisher`."""
    venv.create(folder, with_pip=False)
    (place,) = folder.glob("lib/python*/site-packages")
    (place / "libraries.pth").write_text(f"{sysconfig.get_path('purelib')}\n")  # the .pth files in there are not read
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(folder / "bin" / "python")]
    subprocess.run([*pip, "install", "--quiet", "--ignore-installed", "--no-deps", "--no-index", *what], check=True)
    return folder / "bin" / "publisher"


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`publisher` from the wheel."""
    return install(tmp_path_factory.mktemp("installed"), str(wheel))


@pytest.fixture(scope="module")
def home(program: Path, tmp_path_factory: pytest.TempPathFactory) -> InstalledHome:
    """A home as `publisher init` makes it, begun in the folder that is to hold it."""
    folder = tmp_path_factory.mktemp("homes")
    made = subprocess.run([program, "init", "home"], cwd=folder, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    assert "publisher --home home run" in made.stdout
    return InstalledHome(folder / "home", program)


@pytest.fixture
def up(home: InstalledHome) -> Iterator[Running]:
    """That home on a port of its own, run from the root folder."""
    port, settings = find_free_port(), home.path / "config" / "publisher.toml"
    replace_in(settings, "http://127.0.0.1:8000", f"http://127.0.0.1:{port}")
    replace_in(settings, "port = 8000", f"port = {port}")
    with running(home, port, folder=Path("/")) as process:
        process.wait_until_ready()
        yield process


def read_metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        return message_from_string(opened.read(f"{NAMED}.dist-info/METADATA").decode())


def read_files(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def find_package(program: Path) -> Path:
    """The package that a program runs."""
    command = [str(program.with_name("python")), "-c", "import publisher; print(publisher.__file__)"]
    found = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
    return Path(found.stdout.strip()).parent


def test_program_imports_the_installed_package(program: Path) -> None:
    assert find_package(program).is_relative_to(program.parents[1])


def test_editable_install_runs_the_checkout(tmp_path: Path) -> None:
    program = install(tmp_path / "editable", "--no-build-isolation", "--editable", str(CHECKOUT))
    assert find_package(program) == CHECKOUT / "publisher"
    made = subprocess.run([program, "init", "home"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr


def test_installed_home_is_served_from_anywhere(up: Running) -> None:
    statuses = {path: up.fetch(path)[0] for path in ("/", "/feeds/main.atom", "/subscribe", "/style.css")}
    assert set(statuses.values()) == {200}, statuses
    up.process.terminate()
    assert up.process.wait(10) == 0


@pytest.mark.parametrize("command", [("ingest",), ("preview", "daily"), ("doctor",), ("db", "check"), ("plan",)])
def test_installed_commands_work(home: InstalledHome, command: tuple[str, ...]) -> None:
    ran = home.run(*command)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_installed_program_knows_its_version(program: Path) -> None:
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout == f"publisher {publisher.__version__}\n"


def test_archive_makes_the_same_wheel(wheel: Path, archive: Path, tmp_path: Path) -> None:
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    again = build(tmp_path / NAMED, target="wheel", out=tmp_path / "again")
    assert read_files(again) == read_files(wheel)
    assert again.read_bytes() == wheel.read_bytes()


def test_second_archive_has_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    assert build(CHECKOUT, target="sdist", out=tmp_path).read_bytes() == archive.read_bytes()


def is_left_over(name: str) -> bool:
    return name.endswith(LEFT_OVER) or any(
        part[0] == "." or part == "__pycache__" for part in PurePosixPath(name).parts
    )


def test_wheel_carries_nothing_left_over(wheel: Path) -> None:
    names = read_files(wheel)
    assert not [name for name in names if is_left_over(name)]
    assert {PurePosixPath(name).parts[0] for name in names} == {"publisher", f"{NAMED}.dist-info"}


def test_wheel_carries_every_file(wheel: Path) -> None:
    names = set(read_files(wheel))
    for folder, place in (("publisher", "publisher"), ("templates", "publisher/_share/templates")):
        files = [path for path in (CHECKOUT / folder).rglob("*") if path.is_file()]
        own = {f"{place}/{path.relative_to(CHECKOUT / folder).as_posix()}" for path in files}
        assert {name for name in own if not is_left_over(name)} <= names


def test_archive_leaves_out_what_is_not_told(archive: Path) -> None:
    with tarfile.open(archive) as opened:
        tops = {PurePosixPath(name).parts[1] for name in opened.getnames()}
    assert {"publisher", "templates", "config", "seeds", "docs", "README.md", "LICENSE", "pyproject.toml"} <= tops
    assert not tops & {".venv", "tests", "var", "data", "dist", ".git", ".mypy_cache"}


def test_metadata_says_what_it_is(wheel: Path) -> None:
    metadata = read_metadata(wheel)
    assert (metadata["Name"], metadata["Version"]) == ("publisher", publisher.__version__)
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (CHECKOUT / "README.md").read_text(encoding="utf-8")
    assert metadata["License-Expression"] == "MIT"
    assert f"{NAMED}.dist-info/licenses/LICENSE" in read_files(wheel)


def test_metadata_offers_the_extras(wheel: Path) -> None:
    metadata = read_metadata(wheel)
    assert metadata.get_all("Provides-Extra") == ["postgres", "webpages"]
    (driver,) = [line for line in metadata.get_all("Requires-Dist", []) if line.startswith("psycopg")]
    assert driver.endswith("; extra == 'postgres'")


def test_wheel_has_one_entry_point(wheel: Path) -> None:
    entry = read_files(wheel)[f"{NAMED}.dist-info/entry_points.txt"].decode()
    assert entry.split() == ["[console_scripts]", "publisher", "=", "publisher.cli:main"]
