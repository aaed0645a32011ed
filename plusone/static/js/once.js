// A form that is sent once: a second press before the answer does nothing (the server refuses it too).
document.addEventListener("alpine:init", () => {
  Alpine.data("once", () => ({
    pressed: false,
    init() {
      // Back from the next page, the form may be sent anew.
      window.addEventListener("pageshow", () => (this.pressed = false));
    },
    press(event) {
      if (this.pressed) event.preventDefault();
      this.pressed = true;
    },
  }));
});
