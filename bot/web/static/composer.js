// Where the visitor writes. Enter sends, Shift+Enter starts a new line; Enter that ends a Korean syllable does neither.

const DRAFT = "draft";

export class Composer {
  constructor(form, field, button, onSend) {
    this.field = field;
    this.button = button;
    this.onSend = onSend;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    field.addEventListener("keydown", (event) => this.#key(event));
    field.addEventListener("input", () => this.#changed());
    field.value = sessionStorage.getItem(DRAFT) ?? "";
    this.#changed();
  }

  limit(characters) {
    this.field.maxLength = characters;
  }

  #key(event) {
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const words = this.field.value.trim();
    if (words === "") return;
    this.field.value = "";
    this.#changed();
    this.field.focus();
    this.onSend(words);
  }

  #changed() {
    this.button.disabled = this.field.value.trim() === "";
    this.field.style.height = "auto";
    this.field.style.height = `${this.field.scrollHeight}px`;
    sessionStorage.setItem(DRAFT, this.field.value); // a change of language opens the page anew
  }
}
