// Notices can be closed; those without an undo leave by themselves once they were read.
const READING_MS = 8000;

document.addEventListener("alpine:init", () => {
  Alpine.data("notice", () => ({
    init() {
      if (this.$el.dataset.stays === undefined) setTimeout(() => this.close(), READING_MS);
    },
    close() {
      this.$root.remove();
    },
  }));
});
