// A press on a relative time shows the exact one, and back.
document.addEventListener("alpine:init", () => {
  Alpine.data("when", () => ({
    exact: false,
    flip() {
      this.exact = !this.exact;
    },
    relative() {
      return !this.exact;
    },
  }));
});
