// A form that takes a while: pressed once, it says that it works. How long is not known, so no bar is drawn.
document.addEventListener("alpine:init", () => {
  Alpine.data("busy", () => ({
    working: false,
    begin() {
      this.working = true;
    },
    idle() {
      return !this.working;
    },
  }));
});
