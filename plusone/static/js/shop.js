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

  // What is left until a round closes, counted on from what the server said (storefront/rules/closing.py);
  // the reader's own clock may be wrong, so only the time that has passed since counts.
  Alpine.data("closing", () => ({
    timer: 0,
    init() {
      const told = this.$root.dataset;
      const end = Date.parse(told.closes) - Date.parse(told.now) + Date.now();
      const count = () => this.show(Math.floor((end - Date.now()) / 1000), told);
      this.timer = setInterval(count, 5000);
      count();
    },
    destroy() {
      clearInterval(this.timer);
    },
    show(seconds, told) {
      const over = seconds < 0;
      this.$refs.open.hidden = over;
      this.$refs.over.hidden = !over;
      if (over) return clearInterval(this.timer);
      const [days, hours, minutes] = [86400, 3600, 60].map((unit) => Math.floor(seconds / unit));
      const pattern = days ? told.days : hours ? told.hours : minutes ? told.minutes : told.moment;
      const parts = { days, hours: hours % 24, minutes: minutes % 60 };
      this.$refs.left.textContent = pattern.replace(/{(\w+)}/g, (_, name) => parts[name]);
    },
  }));

  // A small picture brings its large one into sight; swiping and arrow keys need no script.
  Alpine.data("gallery", () => ({
    go(event) {
      const strip = this.$refs.strip;
      const place = strip.children[Number(event.currentTarget.dataset.number)];
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      strip.scrollTo({ left: place.offsetLeft - strip.offsetLeft, behavior: calm ? "auto" : "smooth" });
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
