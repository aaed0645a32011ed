// A rich menu's areas: rows with numbers, and a box on the picture for each. The rows are what is sent; boxes follow them
// and write into them. The server checks everything again.
const PLACE = ["x", "y", "width", "height"];
const MOST = 20;
const LEAST = 40;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener("alpine:init", () => {
  Alpine.data("menuEditor", () => ({
    hold: null,

    // Kept at the start: Alpine finds $root and $refs from the element pressed, which may be gone by then.
    init() {
      this.root = this.$root;
      this.parts = pick(this.$refs, ["stage", "boxes", "taps", "wall", "bar"]);
      this.size = { width: Number(this.root.dataset.width), height: Number(this.root.dataset.height) };
      this.root.querySelector("[name=bar_text]").addEventListener("input", (event) => {
        this.parts.bar.textContent = event.target.value;
      });
      this.draw();
    },

    changed(event) {
      const row = event.target.closest(".menu-row");
      row.dataset.kind = input(row, "kind").value;
      this.draw();
    },

    add() {
      const place = { width: Math.round(this.size.width / 3), height: Math.round(this.size.height / 2) };
      this.append({ x: 0, y: 0, ...place });
    },

    append(place) {
      const list = rows(this.root);
      if (list.length >= MOST) return null;
      const blank = this.root.querySelector("template").innerHTML.replaceAll("__prefix__", list.length);
      this.root.querySelector("[data-rows]").insertAdjacentHTML("beforeend", blank);
      const row = rows(this.root).at(-1);
      write(row, place);
      this.number();
      return row;
    },

    remove(event) {
      event.target.closest(".menu-row").remove();
      this.number();
    },

    divide(event) {
      const [across, down] = event.target.value.split("x").map(Number);
      event.target.value = "";
      if (!across) return;
      for (const extra of rows(this.root).slice(across * down)) extra.remove();
      for (let index = 0; index < across * down; index += 1) {
        const place = cell(this.size, index % across, Math.floor(index / across), across, down);
        const row = rows(this.root)[index];
        if (row) write(row, place);
        else this.append(place);
      }
      this.number();
    },

    // Rows are named by their order, so that none is missing when one was removed.
    number() {
      rows(this.root).forEach((row, index) => {
        for (const one of row.querySelectorAll("[name]")) one.name = one.name.replace(/^form-\d+-/, `form-${index}-`);
        for (const one of row.querySelectorAll("[data-number]")) one.textContent = index + 1;
      });
      this.root.querySelector("[name=form-TOTAL_FORMS]").value = rows(this.root).length;
      this.draw();
    },

    draw() {
      const list = rows(this.root);
      const word = this.parts.boxes.dataset.word;
      fit(this.parts.boxes, list.length, "area-box");
      fit(this.parts.taps, list.length, "menu-tap");
      list.forEach((row, index) => {
        const place = read(row);
        const box = this.parts.boxes.children[index];
        const tap = this.parts.taps.children[index];
        for (const node of [box, tap]) put(node, place, this.size);
        box.textContent = index + 1;
        box.setAttribute("aria-label", `${word} ${index + 1}`);
        tap.setAttribute("aria-label", input(row, "label").value || `${word} ${index + 1}`);
        box.onkeydown = (event) => this.key(event, index);
        tap.onclick = () => this.tell(row);
      });
    },

    key(event, index) {
      const row = rows(this.root)[index];
      if (event.key === "Delete") {
        row.remove();
        this.number();
        return;
      }
      const step = KEYS[event.key];
      if (!step) return;
      event.preventDefault();
      const place = read(row);
      const [across, down] = step.map((one) => one * 10);
      if (event.shiftKey) Object.assign(place, { width: place.width + across, height: place.height + down });
      else Object.assign(place, { x: place.x + across, y: place.y + down });
      write(row, inside(place, this.size));
      this.draw();
    },

    // A press on a box moves it, near its lower right corner sizes it, elsewhere begins a new one.
    press(event) {
      const box = event.target.closest(".area-box");
      const at = this.at(event);
      if (!box) {
        this.hold = { kind: "new", start: at, row: null };
      } else {
        const row = rows(this.root)[[...box.parentElement.children].indexOf(box)];
        const edge = box.getBoundingClientRect();
        const corner = edge.right - event.clientX < 28 && edge.bottom - event.clientY < 28;
        this.hold = { kind: corner ? "size" : "move", start: at, row, place: read(row) };
      }
      this.parts.stage.setPointerCapture(event.pointerId);
    },

    drag(event) {
      if (!this.hold) return;
      const at = this.at(event);
      const moved = { x: at.x - this.hold.start.x, y: at.y - this.hold.start.y };
      if (this.hold.kind === "new") return this.stretch(at, moved);
      const place = { ...this.hold.place };
      if (this.hold.kind === "size") Object.assign(place, { width: place.width + moved.x, height: place.height + moved.y });
      else Object.assign(place, { x: place.x + moved.x, y: place.y + moved.y });
      write(this.hold.row, inside(place, this.size));
      this.draw();
    },

    stretch(at, moved) {
      if (!this.hold.row) {
        if (Math.abs(moved.x) < LEAST || Math.abs(moved.y) < LEAST) return;
        this.hold.row = this.append({ ...this.hold.start, width: LEAST, height: LEAST });
        if (!this.hold.row) {
          this.hold = null;
          return;
        }
      }
      const { start } = this.hold;
      const place = { x: Math.min(start.x, at.x), y: Math.min(start.y, at.y), width: Math.abs(moved.x), height: Math.abs(moved.y) };
      write(this.hold.row, inside(place, this.size));
      this.draw();
    },

    release() {
      this.hold = null;
    },

    at(event) {
      const edge = this.parts.stage.getBoundingClientRect();
      const share = (value, start, length, whole) => Math.round((Math.min(Math.max(value - start, 0), length) / length) * whole);
      return {
        x: share(event.clientX, edge.left, edge.width, this.size.width),
        y: share(event.clientY, edge.top, edge.height, this.size.height),
      };
    },

    // What a tap would do, on the phone beside: a said text is the person's bubble, all else is told.
    tell(row) {
      const kind = input(row, "kind").value;
      const { opens, switches, other } = this.parts.wall.dataset;
      const chosen = (name) => input(row, name).selectedOptions[0]?.textContent ?? "";
      const said = {
        say: () => input(row, "say").value,
        page: () => `${opens} ${chosen("page")}`,
        link: () => `${opens} ${input(row, "link").value}`,
        tab: () => `${switches} ${chosen("tab")}`,
        other: () => other,
      }[kind]();
      const words = document.createElement("p");
      words.className = kind === "say" ? "menu-said" : "menu-told";
      words.textContent = said;
      this.parts.wall.replaceChildren(words);
    },
  }));
});

function pick(from, names) {
  return Object.fromEntries(names.map((name) => [name, from[name]]));
}

function rows(root) {
  return [...root.querySelectorAll("[data-rows] .menu-row")];
}

function input(row, name) {
  return row.querySelector(`[name$="-${name}"]`);
}

function read(row) {
  return Object.fromEntries(PLACE.map((name) => [name, Number(input(row, name).value) || 0]));
}

function write(row, place) {
  for (const name of PLACE) input(row, name).value = place[name];
}

function inside(place, size) {
  const width = Math.min(Math.max(place.width, LEAST), size.width);
  const height = Math.min(Math.max(place.height, LEAST), size.height);
  return {
    x: Math.min(Math.max(place.x, 0), size.width - width),
    y: Math.min(Math.max(place.y, 0), size.height - height),
    width,
    height,
  };
}

function cell(size, column, line, across, down) {
  const edge = (whole, parts, number) => Math.round((whole * number) / parts);
  const x = edge(size.width, across, column);
  const y = edge(size.height, down, line);
  return { x, y, width: edge(size.width, across, column + 1) - x, height: edge(size.height, down, line + 1) - y };
}

function fit(parent, count, name) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = name;
    parent.append(button);
  }
}

function put(node, place, size) {
  const share = (part, whole) => `${(100 * part) / whole}%`;
  node.style.setProperty("left", share(place.x, size.width));
  node.style.setProperty("top", share(place.y, size.height));
  node.style.setProperty("width", share(place.width, size.width));
  node.style.setProperty("height", share(place.height, size.height));
}
