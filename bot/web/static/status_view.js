// What she is doing, for eyes and for screen readers, and short notes about the page itself.

import { text } from "./texts.js";

const HOLD_MS = 1500; // words may wait a moment for their face after she stopped typing
const TOAST_MS = 5000;

export class StatusView {
  #isConnected = false;
  #isTyping = false;
  #timer = null;
  #toastTimer = null;

  constructor() {
    const named = (id) => document.getElementById(id);
    this.status = named("status");
    this.statusText = named("status-text");
    this.line = named("typing");
    this.lineText = named("typing-text");
    this.spoken = named("spoken");
    this.note = named("toast");
  }

  connected(isConnected) {
    this.#isConnected = isConnected;
    if (!isConnected) this.#set(false);
    this.#draw();
  }

  typing(isTyping) {
    clearTimeout(this.#timer);
    if (isTyping || !this.#isTyping) this.#set(isTyping);
    else this.#timer = setTimeout(() => this.#set(false), HOLD_MS);
  }

  // Something was said: she no longer types, and screen readers hear it.
  said(line) {
    clearTimeout(this.#timer);
    this.#set(false);
    if (line.text === "") return;
    const who = text(line.kind === "answer" ? "her" : "service");
    this.spoken.lang = line.kind === "answer" ? "ko" : document.documentElement.lang;
    this.spoken.textContent = `${who}: ${line.text}`;
  }

  toast(words) {
    clearTimeout(this.#toastTimer);
    this.note.textContent = words;
    this.note.hidden = false;
    this.#toastTimer = setTimeout(() => (this.note.hidden = true), TOAST_MS);
  }

  #set(isTyping) {
    this.#isTyping = isTyping;
    this.#draw();
  }

  #draw() {
    const state = !this.#isConnected ? "connecting" : this.#isTyping ? "typing" : "online";
    if (this.status.dataset.state === state && this.statusText.textContent === text(state)) return;
    this.status.dataset.state = state;
    this.statusText.textContent = text(state);
    this.line.hidden = state !== "typing";
    this.lineText.textContent = text("typing_line");
  }
}
