// A button that prints the page; without scripts it stays away.
export function mount(button) {
  button.hidden = false
  button.addEventListener("click", () => print())
}
