// Choosing her face and the dye of her hair, with a preview.

import { call } from "./api.js";
import { FaceView } from "./face_view.js";
import { make } from "./line_view.js";
import { text } from "./texts.js";

const WAIT_MS = 150; // sliders rest so long before a preview is asked for

export function previewAddress(look) {
  const wish = new URLSearchParams({
    face: look.face, height: Math.round(look.height * 100), gradient: Math.round(look.gradient * 100),
  });
  if (!look.cycling) wish.set("hue", Math.round(look.hue * 360) % 360);
  return `/api/preview?${wish}`;
}

export class LookPanel {
  #look = null;
  #timer = null;

  constructor(faces, look, onSaved) {
    const named = (id) => document.getElementById(id);
    this.dialog = named("look");
    this.gallery = named("gallery");
    this.cycling = named("cycling");
    this.motion = named("motion");
    this.motion.disabled = matchMedia("(prefers-reduced-motion: reduce)").matches; // the browser says still
    this.sliders = { hue: named("hue"), height: named("height"), gradient: named("gradient") };
    this.error = named("look-error");
    this.preview = new FaceView(named("look-preview"));
    this.faces = faces;
    this.use(look);
    this.onSaved = onSaved;
    named("open-look").addEventListener("click", () => this.#open());
    named("close-look").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    named("look-form").addEventListener("input", () => this.#changed());
    named("look-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save();
    });
  }

  // Take a look that was saved, here or on another page of this visitor.
  use(look) {
    this.#look = look;
    document.documentElement.style.setProperty("--dye", look.cycling ? "268" : String(Math.round(look.hue * 360)));
  }

  get look() {
    return this.#look;
  }

  #open() {
    if (this.gallery.childElementCount === 0) this.gallery.append(...this.faces.map((face) => thumbnail(face)));
    const chosen = this.gallery.querySelector(`input[value="${CSS.escape(this.#look.face)}"]`);
    if (chosen) chosen.checked = true;
    this.cycling.checked = this.#look.cycling;
    this.motion.checked = this.#look.motion === "moving" && !this.motion.disabled;
    this.sliders.hue.value = Math.round(this.#look.hue * 360) % 360;
    this.sliders.height.value = Math.round(this.#look.height * 100);
    this.sliders.gradient.value = Math.round(this.#look.gradient * 100);
    this.error.textContent = "";
    this.#changed();
    this.dialog.showModal();
    chosen?.focus();
  }

  #changed() {
    const units = { hue: "°", height: "%", gradient: "%" };
    for (const [name, slider] of Object.entries(this.sliders)) {
      slider.disabled = this.cycling.checked;
      slider.nextElementSibling.textContent = `${slider.value}${units[name]}`;
    }
    this.dialog.style.setProperty("--hue", this.sliders.hue.value);
    clearTimeout(this.#timer);
    this.preview.wait(true);
    this.#timer = setTimeout(() => this.#showPreview(), WAIT_MS);
  }

  async #showPreview() {
    await this.preview.show(previewAddress(this.#chosen()), text("face"));
    this.preview.wait(false);
  }

  #chosen() {
    return {
      ...this.#look,
      face: this.gallery.querySelector("input:checked")?.value ?? this.#look.face,
      cycling: this.cycling.checked,
      motion: this.motion.disabled ? this.#look.motion : this.motion.checked ? "moving" : "still",
      hue: Number(this.sliders.hue.value) / 360,
      height: Number(this.sliders.height.value) / 100,
      gradient: Number(this.sliders.gradient.value) / 100,
    };
  }

  async #save() {
    try {
      this.use(await call("PUT", "/api/look", this.#chosen()));
    } catch (refused) {
      this.error.textContent = refused.message;
      return;
    }
    this.dialog.close();
    this.onSaved(this.#look);
  }
}

function thumbnail(face) {
  const label = make("label", "thumbnail");
  const choice = make("input");
  choice.type = "radio";
  choice.name = "face";
  choice.value = face;
  const picture = make("img");
  picture.src = `/api/preview?${new URLSearchParams({ face })}`;
  picture.alt = "";
  picture.loading = "lazy";
  label.append(choice, picture, make("span", "", `${text("face")} ${face.split(":").pop()}`));
  return label;
}
