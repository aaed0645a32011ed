// The list's picks: how many are ticked, all of the page at once; and the print button of a sheet.
document.addEventListener("alpine:init", () => {
  Alpine.data("picks", () => ({
    count: 0,
    every: false,
    init() {
      this.look();
      window.addEventListener("pageshow", () => this.look());
    },
    look() {
      this.count = this.$root.querySelectorAll("input[name=pick]:checked").length;
      const all = this.$root.querySelector("input[name=everything]");
      this.every = all !== null && all.checked;
    },
    page(event) {
      for (const box of this.$root.querySelectorAll("input[name=pick]")) box.checked = event.target.checked;
      this.look();
    },
    shown() {
      return this.count > 0 || this.every;
    },
    label() {
      return this.every ? "" : String(this.count);
    },
  }));
  Alpine.data("chosen", () => ({
    drop() {
      this.$root.remove();
    },
  }));
  Alpine.data("paper", () => ({
    print() {
      window.print();
    },
  }));
});
