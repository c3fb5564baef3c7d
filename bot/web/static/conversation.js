// The conversation: what the service has committed, and after it what this page is still sending.

import { dayLine, imageAddress, lineView } from "./line_view.js";

const NEAR_PX = 80;

export class Conversation {
  #committed = []; // lines of the history and of the events since, by order
  #own = []; // lines that this page sent and the history does not show yet

  // `acts`: {sendAgain(line), press(line, button)}
  constructor(elements, face, acts) {
    this.elements = elements; // {list, scroll, welcome, newest}
    this.face = face;
    this.acts = { showFace: (line) => this.#show(line), ...acts };
    elements.scroll.addEventListener("scroll", () => this.#atEnd() && (elements.newest.hidden = true), { passive: true });
    elements.newest.addEventListener("click", () => this.toEnd());
  }

  get isEmpty() {
    return this.#committed.length + this.#own.length === 0;
  }

  // Replace everything by the history. What could not be sent stays, and of the commands with their answers, which
  // stand in no history, the last `localKept`.
  setHistory(items, localKept = 100) {
    const local = this.#committed.filter((line) => line.local).slice(-localKept);
    const byTime = [...items, ...local].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
    this.#committed = [];
    for (const item of byTime) this.#join(item);
    this.#own = this.#own.filter((line) => line.state === "sending" || line.state === "unsent");
    const last = this.#committed.findLast((line) => line.image !== null);
    if (last) this.#show(last);
    this.#draw();
    this.toEnd();
  }

  // Add a line that is being sent; change it with `mark`. A local one is no message but a command.
  addOwn(id, text, local) {
    const line = { id, kind: "said", text, at: new Date().toISOString(), image: null, state: "sending", local };
    this.#own.push(line);
    this.#draw();
    this.toEnd();
  }

  mark(id, state, reason) {
    const line = this.#own.find((candidate) => candidate.id === id);
    if (line === undefined) return;
    line.state = state;
    line.reason = reason;
    this.#draw();
  }

  isOwn(id) {
    return this.#own.some((line) => line.id === id);
  }

  // Add what she or the service says; returns false when it is here already.
  add(item) {
    if (this.#committed.some((line) => line.key === item.key)) return false;
    const follow = this.#atEnd();
    this.#settle();
    const line = this.#join({ ...item });
    if (line.image !== null) this.#show(line);
    this.#draw();
    if (follow) this.toEnd();
    else this.elements.newest.hidden = false;
    return true;
  }

  // Add what only this page is told: the answer {text, buttons, picture} to a command or a click.
  addNote(answer) {
    this.#settle();
    this.#committed.push({ kind: "notice", at: new Date().toISOString(), image: null, local: true, ...answer });
    this.#draw();
    this.toEnd();
  }

  // Change a line into the answer to a click on it.
  change(line, answer) {
    Object.assign(line, answer);
    this.#draw();
  }

  toEnd() {
    this.elements.scroll.scrollTop = this.elements.scroll.scrollHeight;
    this.elements.newest.hidden = true;
  }

  // What was sent before an answer stands before it, also when the history is not read again.
  #settle() {
    const sent = this.#own.filter((line) => line.state === undefined || line.state === "refused");
    this.#committed.push(...sent);
    this.#own = this.#own.filter((line) => !sent.includes(line));
  }

  // A face that comes later belongs to the words before it.
  #join(line) {
    if (line.kind === "answer" && line.text === "" && line.image !== null) {
      const words = this.#committed.findLast((other) =>
        line.after ? other.key === line.after : other.kind === "answer" && other.image === null);
      if (words !== undefined) {
        words.image = line.image;
        words.alt = line.alt;
        return words;
      }
      return line; // its words are further back than the history goes
    }
    this.#committed.push(line);
    return line;
  }

  #show(line) {
    this.face.show(imageAddress(line.image), line.alt ?? "");
  }

  #atEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.elements.scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR_PX;
  }

  #draw() {
    const items = [];
    let day = "";
    for (const line of [...this.#committed, ...this.#own]) {
      const at = new Date(line.at);
      if (at.toDateString() !== day) items.push(dayLine(at));
      day = at.toDateString();
      items.push(lineView(line, this.acts));
    }
    const { list, welcome, scroll } = this.elements;
    const top = scroll.scrollTop;
    list.replaceChildren(...items);
    welcome.hidden = !this.isEmpty;
    scroll.scrollTop = top;
  }
}
