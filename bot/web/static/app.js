// Joins the parts of the page.

import { call } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { EventStream } from "./event_stream.js";
import { FaceView } from "./face_view.js";
import { LookPanel, previewAddress } from "./look_panel.js";
import { StatusView } from "./status_view.js";
import { text, useTexts } from "./texts.js";

const named = (id) => document.getElementById(id);

async function start() {
  const page = await openPage();
  useTexts(page.texts);
  const face = new FaceView(named("face"));
  const status = new StatusView();
  const elements = { list: named("lines"), scroll: named("lines-scroll"), welcome: named("welcome"), newest: named("newest") };
  const conversation = new Conversation(elements, face, (line) => send(line.id, line.text));

  async function send(id, words) {
    conversation.mark(id, "sending");
    try {
      const { status: taken } = await call("POST", "/api/messages", { id, text: words });
      conversation.mark(id, taken === "refused" ? "refused" : undefined);
    } catch (refused) {
      conversation.mark(id, "unsent", refused.message);
    }
  }

  function say(words) {
    const id = newId();
    conversation.addOwn(id, words);
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

  async function readHistory() {
    const { items } = await call("GET", "/api/history");
    conversation.setHistory(items);
    if (!items.some((item) => item.image !== null)) face.show(previewAddress(panel.look), text("face"));
  }

  const on = {
    async hello(event) {
      status.typing(event.typing);
      if (!event.resumed) await readHistory();
    },
    typing: (event) => status.typing(event.active),
    look: (event) => panel.use(event),
    async said(event) {
      if (!conversation.isOwn(event.message)) await readHistory();
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
  named("message").focus();
}

// A browser whose cookie is gone gets a new one with the page.
async function openPage() {
  try {
    return await call("GET", "/api/page");
  } catch (refused) {
    if (refused.status === 401 && navigator.cookieEnabled) location.reload();
    throw refused;
  }
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
  toast.textContent = problem.message;
  toast.hidden = false;
});
