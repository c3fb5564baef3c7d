// One line of the conversation as an element.

import { text } from "./texts.js";

const clock = () => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });

export function make(name, className, content) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (content !== undefined) element.textContent = content;
  return element;
}

export function imageAddress(id) {
  return `/api/images/${id}`;
}

export function dayLine(at) {
  const today = at.toDateString() === new Date().toDateString();
  const format = new Intl.DateTimeFormat(document.documentElement.lang, {
    year: "numeric", month: "long", day: "numeric", weekday: "long",
  });
  const line = make("li", "day");
  line.append(make("span", "", today ? text("today") : format.format(at)));
  return line;
}

// `line`: {kind, text, at, image, alt, state, buttons, picture}; `acts`: {showFace, sendAgain, press(line, button)}.
export function lineView(line, acts) {
  const item = make("li", `line ${line.kind}`);
  const who = { said: "you", answer: "her", notice: "service" }[line.kind];
  item.append(make("span", "visually-hidden", text(who)));
  if (line.kind === "answer") item.append(avatar(line, acts));
  const body = make("div", "body");
  const bubble = make("p", "bubble", line.text);
  if (line.kind === "answer") bubble.lang = "ko";
  bubble.dir = "auto";
  const at = new Date(line.at);
  const time = make("time", "time", clock().format(at));
  time.dateTime = line.at;
  body.append(bubble, time);
  if (line.picture) body.append(pictureView(line.picture));
  if (line.buttons?.length) body.append(buttonsView(line, acts));
  if (line.state) body.append(stateView(line, acts));
  item.append(body);
  return item;
}

function avatar(line, acts) {
  if (line.image === null) return make("span", "avatar");
  const button = make("button", "avatar");
  button.type = "button";
  button.title = text("show_face");
  button.setAttribute("aria-label", `${text("show_face")}: ${line.alt ?? ""}`);
  const picture = make("img");
  picture.src = imageAddress(line.image);
  picture.alt = "";
  picture.loading = "lazy";
  button.append(picture);
  button.addEventListener("click", () => acts.showFace(line));
  return button;
}

function pictureView({ mime, content, alt, width, height }) {
  const picture = make("img", "shown");
  picture.width = width;
  picture.height = height;
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  picture.src = URL.createObjectURL(new Blob([bytes], { type: mime }));
  picture.alt = alt;
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  return picture;
}

function buttonsView(line, acts) {
  const row = make("div", "buttons");
  for (const button of line.buttons) {
    const element = make("button", `press as-${button.style}`, button.label);
    element.type = "button";
    element.addEventListener("click", () => {
      element.disabled = true;
      acts.press(line, button).finally(() => (element.disabled = false));
    });
    row.append(element);
  }
  return row;
}

function stateView(line, acts) {
  const state = make("span", `state ${line.state}`, text(line.state));
  if (line.state !== "unsent") return state;
  state.textContent = `${line.reason ?? text("unsent")} `;
  const again = make("button", "again", text("again"));
  again.type = "button";
  again.addEventListener("click", () => acts.sendAgain(line));
  state.append(again);
  return state;
}
