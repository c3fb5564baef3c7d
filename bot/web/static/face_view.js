// Her face: one picture that fades into the next. The rest of the page only calls `show` and `wait`.

export class FaceView {
  #root;
  #shown = null;
  #wanted = null;

  constructor(root) {
    this.#root = root;
    root.classList.add("empty");
  }

  // Show a picture as soon as it is here; when another one is wanted meanwhile, that one wins.
  async show(source, description) {
    if (this.#wanted === source) return;
    this.#wanted = source;
    const picture = new Image();
    picture.alt = description;
    picture.decoding = "async";
    picture.src = source;
    try {
      await picture.decode();
    } catch {
      if (this.#wanted === source) this.#wanted = null;
      return;
    }
    if (this.#wanted !== source) return;
    this.#swap(picture);
  }

  // Tell that a new expression is on its way.
  wait(waiting) {
    this.#root.classList.toggle("waiting", waiting);
  }

  #swap(picture) {
    const former = this.#shown;
    this.#shown = picture;
    picture.className = "coming";
    this.#root.append(picture);
    this.#root.classList.remove("empty");
    this.wait(false);
    picture.getBoundingClientRect(); // the browser must see it transparent before it fades in
    picture.className = "";
    if (former === null) return;
    former.setAttribute("aria-hidden", "true");
    setTimeout(() => former.remove(), 700);
  }
}
