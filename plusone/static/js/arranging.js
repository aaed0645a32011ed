// Products put in order: dragged by finger or mouse, moved by arrow keys or buttons. Each move is stored at once.
const EDGE = 80;

document.addEventListener("alpine:init", () => {
  Alpine.data("arranging", () => ({
    said: "",
    failed: false,
    held: null,
    before: null,

    grab(event) {
      if (event.button) return;
      event.preventDefault();
      this.held = event.target.closest("li");
      this.before = this.held.nextElementSibling;
      this.held.classList.add("shelf-held");
      this.$refs.list.setPointerCapture(event.pointerId);
    },

    drag(event) {
      if (!this.held) return;
      const over = itemAt(this.$refs.list, this.held, event.clientY);
      if (over !== this.held.nextElementSibling) this.$refs.list.insertBefore(this.held, over);
      if (event.clientY < EDGE) window.scrollBy(0, -12);
      if (event.clientY > innerHeight - EDGE) window.scrollBy(0, 12);
    },

    async drop() {
      const item = this.held;
      if (!item) return;
      this.held = null;
      item.classList.remove("shelf-held");
      if (item.nextElementSibling !== this.before) await this.store(item);
    },

    async key(event) {
      const ways = { ArrowUp: "up", ArrowDown: "down", Home: "top" };
      if (!ways[event.key]) return;
      event.preventDefault();
      await this.move(event.target.closest("li"), ways[event.key], event.target.closest("button"));
    },

    async step(event) {
      const button = event.target.closest("button");
      await this.move(button.closest("li"), button.dataset.step, button);
    },

    async move(item, way, button) {
      const target = { up: item.previousElementSibling, down: item.nextElementSibling?.nextElementSibling || null };
      if (way === "up" && !target.up) return;
      if (way === "down" && !item.nextElementSibling) return;
      this.$refs.list.insertBefore(item, way === "top" ? this.$refs.list.firstElementChild : target[way]);
      button.focus();
      await this.store(item);
    },

    async store(item) {
      const place = [...this.$refs.list.children].indexOf(item) + 1;
      this.said = `${item.dataset.name}: ${place}`;
      const next = item.nextElementSibling?.dataset.code || this.$root.dataset.end;
      const answer = await fetch(this.$root.dataset.url, {
        method: "POST",
        headers: { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
        body: new URLSearchParams({ code: item.dataset.code, before: next }),
      }).catch(() => null);
      this.failed = !answer || !answer.ok;
    },
  }));
});

// The item that the held one would stand before; null at the end.
function itemAt(list, held, y) {
  const others = [...list.children].filter((item) => item !== held);
  return others.find((item) => y < item.getBoundingClientRect().top + item.offsetHeight / 2) || null;
}
