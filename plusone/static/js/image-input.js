// A picture chosen for upload: shown at once, refused early when the server would refuse it, cut to a square if wished.
// Drawn on a canvas, so the page's policy needs no blob: or data: pictures.
const CUT_SIDE = 1200;

document.addEventListener("alpine:init", () => {
  Alpine.data("imageInput", () => ({
    problem: "",
    chosen: false,
    square: false,
    zoom: 1,
    bitmap: null,
    file: null,
    centre: { x: 0.5, y: 0.5 },

    async choose() {
      const file = this.$refs.file.files[0];
      if (!file) return;
      this.problem = this.refusal(file);
      if (this.problem) return this.forget();
      this.bitmap = await createImageBitmap(file).catch(() => null);
      if (!this.bitmap) return this.forget("unreadable");
      Object.assign(this, { file, chosen: true, zoom: 1, centre: { x: 0.5, y: 0.5 } });
      await this.show();
    },

    refusal(file) {
      if (!this.$root.dataset.types.split(",").includes(file.type)) return "type";
      return file.size > Number(this.$root.dataset.limit) ? "size" : "";
    },

    forget(problem) {
      this.problem = problem || this.problem;
      this.chosen = false;
      this.$refs.file.value = "";
    },

    async setSquare() {
      this.square = this.$el.checked;
      await this.show();
    },

    async setZoom() {
      this.zoom = Number(this.$el.value);
      await this.show();
    },

    async drag(event) {
      if (!this.square || !event.buttons) return;
      const side = cutSide(this.bitmap, this.zoom);
      const scale = side / this.$refs.canvas.clientWidth;
      this.centre = {
        x: this.centre.x - (event.movementX * scale) / this.bitmap.width,
        y: this.centre.y - (event.movementY * scale) / this.bitmap.height,
      };
      await this.show();
    },

    async nudge(event) {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!this.square || !step) return;
      event.preventDefault();
      this.centre = { x: this.centre.x + step[0] * 0.02, y: this.centre.y + step[1] * 0.02 };
      await this.show();
    },

    async show() {
      const area = this.square ? squareOf(this.bitmap, this.zoom, this.centre) : wholeOf(this.bitmap);
      draw(this.$refs.canvas, this.bitmap, area);
      putFile(this.$refs.file, this.square ? await cutFile(this.bitmap, area, this.file) : this.file);
    },

    typeRefused() { return this.problem === "type"; },
    sizeRefused() { return this.problem === "size"; },
    unreadable() { return this.problem === "unreadable"; },
    moving() { return this.square ? "moving" : ""; },
  }));
});

function cutSide(bitmap, zoom) {
  return Math.min(bitmap.width, bitmap.height) / zoom;
}

function within(middle, length, side) {
  return Math.max(0, Math.min(length - side, middle * length - side / 2));
}

function squareOf(bitmap, zoom, centre) {
  const side = cutSide(bitmap, zoom);
  return { x: within(centre.x, bitmap.width, side), y: within(centre.y, bitmap.height, side), width: side, height: side };
}

function wholeOf(bitmap) {
  return { x: 0, y: 0, width: bitmap.width, height: bitmap.height };
}

function draw(canvas, bitmap, area) {
  const side = (canvas.width = canvas.height = 2 * canvas.clientWidth);
  const scale = side / Math.max(area.width, area.height);
  const [width, height] = [area.width * scale, area.height * scale];
  canvas.getContext("2d").drawImage(
    bitmap, area.x, area.y, area.width, area.height, (side - width) / 2, (side - height) / 2, width, height,
  );
}

async function cutFile(bitmap, area, file) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = Math.min(CUT_SIDE, Math.round(area.width));
  canvas.getContext("2d").drawImage(bitmap, area.x, area.y, area.width, area.height, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, file.type, 0.9));
  return new File([blob], file.name, { type: file.type });
}

function putFile(input, file) {
  const basket = new DataTransfer();
  basket.items.add(file);
  input.files = basket.files;
}
