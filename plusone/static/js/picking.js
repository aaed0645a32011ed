// Several products ticked in the list: how many, and which field the chosen change needs.
document.addEventListener("alpine:init", () => {
  Alpine.data("picking", () => ({
    on: false,
    count: 0,
    hint: "",
    verb: "show",

    flip() {
      this.on = !this.on;
      if (!this.on) for (const box of boxes(this.$root)) box.checked = false;
      this.look();
    },

    all(event) {
      for (const box of boxes(this.$root)) box.checked = event.target.checked;
      this.look();
    },

    look() {
      this.count = boxes(this.$root).filter((box) => box.checked).length;
      if (this.count) this.on = true;
    },

    choose() {
      const chosen = this.$refs.verb.selectedOptions[0];
      this.verb = chosen.value;
      this.hint = chosen.dataset.hint || "";
      this.$refs.value.placeholder = this.hint;
      this.$refs.value.value = "";
      this.$refs.value.setAttribute("list", chosen.dataset.list || "");
    },

    mode() { return this.on ? "picking" : ""; },
    pressed() { return this.on ? "true" : "false"; },
    some() { return this.count > 0; },
    asks() { return this.hint !== ""; },
    danger() { return this.verb === "remove" ? "btn-error" : ""; },
  }));
});

function boxes(root) {
  return [...root.querySelectorAll(".tick-box")];
}
