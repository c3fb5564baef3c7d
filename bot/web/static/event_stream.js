// What happens on the service, as it happens. A lost connection comes back by itself and says what it saw last.

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 5000;

export class EventStream {
  #lastId = null;
  #wait = FIRST_WAIT_MS;
  #timer = null;
  #socket = null;

  constructor(onEvent, onConnected) {
    this.onEvent = onEvent;
    this.onConnected = onConnected;
    const now = () => this.#socket === null && this.open();
    window.addEventListener("online", now);
    document.addEventListener("visibilitychange", () => document.hidden || now());
  }

  open() {
    clearTimeout(this.#timer);
    const after = this.#lastId === null ? "" : `?after=${encodeURIComponent(this.#lastId)}`;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/events${after}`);
    this.#socket = socket;
    socket.addEventListener("message", (frame) => this.#take(JSON.parse(frame.data)));
    socket.addEventListener("close", () => this.#closed());
  }

  #take(event) {
    if (event.id) this.#lastId = event.id;
    if (event.event === "hello") {
      this.#wait = FIRST_WAIT_MS;
      this.onConnected(true);
    }
    this.onEvent(event);
  }

  #closed() {
    this.#socket = null;
    this.onConnected(false);
    this.#timer = setTimeout(() => this.open(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }
}
