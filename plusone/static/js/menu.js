// Menus are <details>; this closes them from outside, with Escape, and after a choice.
document.addEventListener("alpine:init", () => {
  Alpine.data("menu", () => ({
    init() {
      const box = this.$el;
      document.addEventListener("click", (event) => {
        if (!box.contains(event.target)) box.open = false;
      });
      box.addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || !box.open) return;
        box.open = false;
        box.querySelector("summary").focus();
      });
    },
  }));
});
