// The conversation: what the service has committed, and after it what this page is still sending.

import { dayLine, imageAddress, lineView } from "./line_view.js";

const NEAR_PX = 80;

export class Conversation {
  #committed = []; // lines of the history and of the events since, by order
  #own = []; // lines that this page sent and the history does not show yet
  #notes = 0; // answers that only this page was told
  #views = new Map(); // key -> {element, looks}, for as long as the line looks the same
  #days = new Map(); // day -> its element
  #atEnd = true; // whether the newest line is in view, and shall stay so

  // `elements`: {list, scroll, content, welcome, newest}; `acts`: {sendAgain(line), press(line, button), lookBack()}
  constructor(elements, face, acts) {
    this.elements = elements;
    this.face = face;
    this.acts = { ...acts, showFace: (line) => this.#showAgain(line) };
    elements.scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    const grown = new ResizeObserver(() => this.#atEnd && this.toEnd());
    grown.observe(elements.content);
    grown.observe(elements.scroll);
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
    if (this.#atEnd) this.toEnd();
  }

  // Add a line that is being sent; change it with `mark`. A local one is no message but a command.
  addOwn(id, text, local) {
    const line = { key: id, id, kind: "said", text, at: new Date().toISOString(), image: null, state: "sending", local };
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
    this.#settle();
    const line = this.#join({ ...item });
    if (line.image !== null) this.#show(line);
    this.#draw();
    if (this.#atEnd) this.toEnd();
    else this.elements.newest.hidden = false;
    return true;
  }

  // Add what only this page is told: the answer {text, buttons, picture} to a command or a click.
  addNote(answer) {
    this.#settle();
    this.#notes += 1;
    this.#committed.push({ key: `note-${this.#notes}`, kind: "notice", at: new Date().toISOString(), image: null, local: true, ...answer });
    this.#draw();
    this.toEnd();
  }

  // Change a line into the answer to a click on it.
  change(line, answer) {
    const clicked = this.#committed.find((other) => other.key === line.key);
    if (clicked === undefined) {
      this.addNote(answer); // it was forgotten meanwhile
      return;
    }
    Object.assign(clicked, answer);
    this.#draw();
  }

  toEnd() {
    this.elements.scroll.scrollTop = this.elements.scroll.scrollHeight;
    this.elements.newest.hidden = true;
    this.#atEnd = true;
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

  #showAgain(line) {
    this.#show(line);
    this.acts.lookBack();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.elements.scroll;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
    if (this.#atEnd) this.elements.newest.hidden = true;
  }

  // Bring the elements in line with the lines; what did not change is not touched, so that it keeps the focus.
  #draw() {
    const { list, welcome } = this.elements;
    welcome.hidden = !this.isEmpty;
    let place = list.firstChild;
    for (const item of this.#items()) {
      if (item === place) place = place.nextSibling;
      else list.insertBefore(item, place);
    }
    while (place !== null) {
      const after = place.nextSibling;
      place.remove();
      place = after;
    }
  }

  #items() {
    const items = [];
    let day = "";
    for (const line of [...this.#committed, ...this.#own]) {
      const at = new Date(line.at);
      if (at.toDateString() !== day) items.push(this.#day(at));
      day = at.toDateString();
      items.push(this.#view(line));
    }
    return items;
  }

  #view(line) {
    const looks = JSON.stringify([line.text, line.image, line.state, line.reason, line.buttons, line.picture?.content]);
    const known = this.#views.get(line.key);
    if (known?.looks === looks) return known.element;
    const element = lineView(line, this.acts);
    this.#views.set(line.key, { element, looks });
    return element;
  }

  #day(at) {
    const day = at.toDateString();
    if (!this.#days.has(day)) this.#days.set(day, dayLine(at));
    return this.#days.get(day);
  }
}
