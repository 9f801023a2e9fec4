/**
 * The phrase ids of one call, in order: `sentence("th", "A012", "3")` is invite, letter-a, digit-0,
 * digit-1, digit-2, counter, digit-3, polite. server/domain/voice.py says the same; a test holds
 * both together.
 */
export function sentence(language, number, counter) {
  const end = language === "th" ? ["polite"] : []
  return ["invite", ...signs(number), "counter", ...signs(counter), ...end]
}

function signs(text) {
  const said = [...text.toUpperCase()].filter(sign => /^[0-9A-Z]$/.test(sign))
  return said.map(sign => `${sign >= "A" ? "letter" : "digit"}-${sign.toLowerCase()}`)
}
