// Her face as it moves: pictures over a WebSocket, painted on a canvas above the still one. Without them the still
// face is what is seen.

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;
const STALE_MS = 5000; // without a new picture for so long, the still face comes back

export class LiveFace {
  #looks = "";
  #wanted = false;
  #socket = null;
  #wait = FIRST_WAIT_MS;
  #timer = null;
  #stale = null;
  #rests = false;
  #painting = false;
  #newest = null;

  // `onResting(words)`: she has gone to rest and says so
  constructor(face, onResting) {
    this.face = face;
    this.onResting = onResting;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "live";
    this.canvas.setAttribute("aria-hidden", "true"); // the still picture below has the description
    face.append(this.canvas);
    document.addEventListener("visibilitychange", () => this.#tellVisible());
  }

  // Show her with this look, moving or not; the service knows the look, so a new one is a new connection.
  show({ motion, face, cycling, hue, height, gradient }) {
    const looks = JSON.stringify([motion, face, cycling, hue, height, gradient]);
    if (looks === this.#looks) return;
    this.#looks = looks;
    this.#leave();
    this.#wanted = motion === "moving" && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#wait = FIRST_WAIT_MS;
    if (this.#wanted) this.#open();
  }

  // Let the still picture be seen for a while.
  hideFor(milliseconds) {
    this.face.classList.add("looking-back");
    setTimeout(() => this.face.classList.remove("looking-back"), milliseconds);
  }

  #open() {
    clearTimeout(this.#timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/api/live`);
    socket.binaryType = "blob";
    this.#socket = socket;
    socket.addEventListener("open", () => document.hidden && this.#tellVisible());
    socket.addEventListener("message", ({ data }) => socket === this.#socket && this.#take(data));
    socket.addEventListener("close", () => socket === this.#socket && this.#closed());
  }

  #take(data) {
    this.#wait = FIRST_WAIT_MS;
    if (typeof data === "string") {
      this.#rest(JSON.parse(data).text);
      return;
    }
    this.#rests = false;
    this.face.classList.remove("resting");
    this.#newest = data;
    this.#paint();
  }

  #rest(words) {
    this.#rests = true;
    this.#newest = null;
    clearTimeout(this.#stale);
    this.face.classList.add("resting");
    this.onResting(words);
  }

  // Paint the newest picture; those that came while another was being decoded are dropped.
  async #paint() {
    if (this.#painting) return;
    this.#painting = true;
    while (this.#newest !== null) {
      const data = this.#newest;
      this.#newest = null;
      const picture = await createImageBitmap(data).catch(() => null);
      if (picture === null || this.#socket === null) continue;
      if (this.canvas.width !== picture.width) [this.canvas.width, this.canvas.height] = [picture.width, picture.height];
      this.canvas.getContext("2d").drawImage(picture, 0, 0);
      picture.close();
      this.face.classList.add("moving");
      if (!this.#rests) this.#watchOver();
    }
    this.#painting = false;
  }

  #watchOver() {
    clearTimeout(this.#stale);
    this.#stale = setTimeout(() => document.hidden || this.face.classList.remove("moving"), STALE_MS);
  }

  #tellVisible() {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(document.hidden ? "hidden" : "visible");
    else if (!document.hidden && this.#wanted && this.#socket === null) this.#open();
  }

  #leave() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#still();
  }

  #closed() {
    this.#socket = null;
    this.#still();
    this.#timer = setTimeout(() => this.#open(), this.#wait * (0.75 + Math.random() / 2));
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  #still() {
    clearTimeout(this.#stale);
    this.#newest = null;
    this.face.classList.remove("moving", "resting");
  }
}
