// The number between two buttons, and forms that are sent once however often they are tapped.
document.addEventListener("alpine:init", () => {
  Alpine.data("stepper", () => ({
    less() {
      this.step(-1);
    },
    more() {
      this.step(1);
    },
    step(by) {
      const number = this.$refs.number;
      number.value = Math.min(99, Math.max(1, (parseInt(number.value, 10) || 1) + by));
      number.dispatchEvent(new Event("change", { bubbles: true }));
    },
  }));

  // The server orders once by the form's command id; this only keeps the second tap from being sent.
  Alpine.data("once", () => ({
    sent: false,
    send(event) {
      if (this.sent) event.preventDefault();
      this.sent = true;
      // The page may come back from the browser's memory: then the form is new again.
      addEventListener("pageshow", () => (this.sent = false), { once: true });
    },
  }));
});
