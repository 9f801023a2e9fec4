"""What a screen in the hall lets hear, read off its audio graph: what was scheduled, and when."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.voice_pack import phrase_of

# Notes each sound as the browser is told to play it; the audio itself is the browser's own.
LISTEN = """
  window.graph = []
  window.contexts = []
  window.outs = []
  const notes = new Map()
  window.AudioContext = class extends AudioContext {
    constructor(...how) { super(...how); window.contexts.push(this) }
  }
  const { start: play } = AudioBufferSourceNode.prototype
  AudioBufferSourceNode.prototype.start = function (when = 0) {
    const said = { kind: "phrase", lasts: this.buffer.duration }
    note(this, { ...said, starts: when, ends: when + said.lasts })
    return play.call(this, when)
  }
  const { start, stop } = AudioScheduledSourceNode.prototype
  OscillatorNode.prototype.start = function (when = 0) {
    note(this, { kind: "chime", starts: when, ends: Infinity, lasts: 0 })
    return start.call(this, when)
  }
  AudioScheduledSourceNode.prototype.stop = function (when = 0) {
    const own = notes.get(this)
    const { currentTime } = this.context
    if (own.fresh && !when) window.graph.splice(window.graph.indexOf(own), 1)
    if (!own.over && own.ends > Math.max(when, currentTime)) own.ends = Math.max(when, currentTime)
    return stop.call(this, when)
  }
  const note = (node, facts) => {
    const own = { ...facts, late: node.context.currentTime - facts.starts }
    own.over = false
    own.fresh = true // taken back in the same breath: it never sounds
    queueMicrotask(() => { own.fresh = false })
    node.addEventListener("ended", () => { own.over = true })
    notes.set(node, own)
    window.graph.push(own)
  }
  const { connect } = AudioNode.prototype
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) window.outs.push(this)
    return connect.call(this, to, ...more)
  }
"""


@dataclass(frozen=True)
class Sound:
    """Times on the audio clock, s. A chime, or a phrase of a language."""

    starts: float
    ends: float
    late: float
    kind: str
    language: str = ""
    phrase: str = ""


class Ear:
    """Stands below the loudspeaker of a page; make it before the page is opened."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.add_init_script(LISTEN)

    def heard(self) -> list[Sound]:
        """All so far by when it began; the strings of one chime count as one.

        What was stopped before its time had come was never heard.
        """
        told = self._page.evaluate("""window.graph
            .map(one => ({ ...one, ends: Math.min(one.ends, Number.MAX_VALUE) }))
            .filter(one => one.starts < one.ends)""")
        sounds: list[Sound] = []
        for one in sorted(told, key=lambda one: one["starts"]):
            if one["kind"] == "chime":
                if not (sounds and sounds[-1].kind == "chime" and sounds[-1].ends == one["ends"]):
                    sounds.append(Sound(one["starts"], one["ends"], one["late"], "chime"))
            else:
                of = phrase_of(one["lasts"])
                sounds.append(Sound(one["starts"], one["ends"], one["late"], "phrase", *of))
        return sounds

    def calls(self) -> list[list[Sound]]:
        """The same, a list for each chime."""
        found: list[list[Sound]] = []
        for sound in self.heard():
            if sound.kind == "chime":
                found.append([])
            found[-1].append(sound)
        return found

    def volume(self) -> float:
        """0–1, of the one node that leads to the loudspeaker."""
        gains: list[float] = self._page.evaluate("window.outs.map(out => out.gain.value)")
        assert len(gains) == 1
        return gains[0]

    def waits_for(self, announced: int) -> None:
        """Until so many calls were announced, and nothing more is."""
        self._page.wait_for_function(
            """announced => {
              const said = document.querySelector(".board-screen").dataset
              return said.announced === String(announced) && said.announcing === "0"
            }""",
            arg=announced,
            polling=20,
        )
