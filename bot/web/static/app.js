// Joins the parts of the page.

import { call } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { EventStream } from "./event_stream.js";
import { FaceView } from "./face_view.js";
import { LiveFace } from "./live_face.js";
import { LookPanel, previewAddress } from "./look_panel.js";
import { StatusView } from "./status_view.js";
import { text, useTexts } from "./texts.js";

const COMMAND = /^\/[a-z]+(\s|$)/;
const VERIFY = /^\/verify\s*$/; // asks for the picture to look at
const CAME_BACK = "came back";
const LOOK_BACK_MS = 6000; // an earlier face, clicked on, is seen so long in place of the moving one
const named = (id) => document.getElementById(id);

async function start() {
  const page = await openPage();
  useTexts(page.texts);
  const face = new FaceView(named("face"));
  const status = new StatusView();
  const live = new LiveFace(named("face"), (words) => tell({ text: words, buttons: [], picture: null, file: null }));
  const elements = { list: named("lines"), scroll: named("lines-scroll"), content: named("lines-content"), welcome: named("welcome"), newest: named("newest") };
  const conversation = new Conversation(elements, face, {
    sendAgain: (line) => send(line.id, line.text),
    press,
    lookBack: () => live.hideFor(LOOK_BACK_MS),
  });

  async function send(id, words) {
    conversation.mark(id, "sending");
    try {
      if (COMMAND.test(words)) await command(id, words);
      else taken(id, (await call("POST", "/api/messages", { id, text: words })).status);
    } catch (refused) {
      conversation.mark(id, "unsent", refused.message);
    }
  }

  function taken(id, how) {
    conversation.mark(id, how === "refused" ? "refused" : undefined);
  }

  async function command(id, words) {
    const picture = VERIFY.test(words) ? await pickPicture() : null;
    const answer = picture
      ? await call("POST", `/api/verify?id=${id}`, picture)
      : await call("POST", "/api/commands", { id, text: words });
    taken(id, "accepted");
    tell(answer);
  }

  async function press(line, button) {
    try {
      tell(await call("POST", "/api/clicks", { id: newId(), button: button.id }), line);
    } catch (refused) {
      status.toast(refused.message);
    }
  }

  function tell({ text: words, buttons, picture, file, in_place: inPlace }, line) {
    const answer = { text: words, buttons, picture };
    if (inPlace && line) conversation.change(line, answer);
    else conversation.addNote(answer);
    status.said({ kind: "notice", text: words });
    if (file) saveFile(file);
  }

  function say(words) {
    const id = newId();
    conversation.addOwn(id, words, COMMAND.test(words));
    send(id, words);
  }

  const panel = new LookPanel(page.faces, page.look, (look) => {
    face.show(previewAddress(look), text("face"));
    status.toast(text("saved"));
  });
  const composer = new Composer(named("composer"), named("message"), named("send"), say);
  composer.limit(page.text_limit);
  for (const opener of document.querySelectorAll(".opener")) {
    opener.addEventListener("click", () => say(opener.textContent));
  }
  languageButtons(panel, status);

  async function readHistory(localKept) {
    const { items } = await call("GET", "/api/history");
    conversation.setHistory(items, localKept);
    if (!items.some((item) => item.image !== null)) face.show(previewAddress(panel.look), text("face"));
  }

  const on = {
    async hello(event) {
      status.typing(event.typing);
      if (!event.resumed) await readHistory();
    },
    typing: (event) => status.typing(event.active),
    look(event) {
      panel.use(event);
      live.show(event);
      if (event.language !== document.documentElement.lang) location.reload();
    },
    forgotten: () => readHistory(1), // the answer that says so
    async said(event) {
      if (conversation.isOwn(event.message)) taken(event.message, event.status);
      else await readHistory();
    },
    message(event) {
      if (!conversation.add(event)) return;
      status.said(event);
      face.wait(event.face_follows);
    },
  };
  // One after another, so that no event overtakes the history it comes after.
  let last = Promise.resolve();
  const stream = new EventStream(
    (event) => (last = last.then(() => on[event.event]?.(event)).catch(() => status.toast(text("unreachable")))),
    (connected) => status.connected(connected),
  );
  stream.open();
  live.show(page.look);
  named("message").focus();
}

// A browser whose cookie is gone gets a new one with the page; one that keeps none is told so.
async function openPage() {
  try {
    const page = await call("GET", "/api/page");
    sessionStorage.removeItem(CAME_BACK);
    return page;
  } catch (refused) {
    if (refused.status === 401 && !sessionStorage.getItem(CAME_BACK)) {
      sessionStorage.setItem(CAME_BACK, "yes");
      location.reload();
    }
    throw refused;
  }
}

// Let the visitor choose a picture; null when none was chosen.
function pickPicture() {
  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.accept = "image/*";
  return new Promise((chosen) => {
    chooser.addEventListener("change", () => chosen(chooser.files[0] ?? null));
    chooser.addEventListener("cancel", () => chosen(null));
    chooser.click();
  });
}

function saveFile({ name, content }) {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function languageButtons(panel, status) {
  for (const button of document.querySelectorAll("[data-language]")) {
    const { language } = button.dataset;
    button.setAttribute("aria-pressed", String(language === document.documentElement.lang));
    button.addEventListener("click", async () => {
      try {
        await call("PUT", "/api/look", { ...panel.look, language });
        location.reload();
      } catch (refused) {
        status.toast(refused.message);
      }
    });
  }
}

function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

start().catch((problem) => {
  const toast = named("toast");
  if (problem.status) toast.textContent = problem.message; // else it says already that she cannot be reached
  toast.hidden = false;
});
