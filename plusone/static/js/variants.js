// The rows of a product's options: added, removed, made from lists of values. The server checks everything again.
const OPTIONS = ["1", "2", "3"];

document.addEventListener("alpine:init", () => {
  Alpine.data("variants", () => ({
    init() {
      this.look();
    },

    look() {
      const many = this.$refs.many.checked;
      this.$root.dataset.mode = many ? "many" : "one";
      for (const option of OPTIONS) showOption(this.$root, option, many);
    },

    add() {
      addRow(this.$root, []);
      this.look();
    },

    remove(event) {
      event.target.closest(".variant-row").remove();
    },

    combine() {
      const known = new Set(rows(this.$root).map((row) => valuesOf(row).join("\n")));
      for (const values of combinations(this.$root)) {
        if (!known.has(values.join("\n"))) addRow(this.$root, values);
      }
      rows(this.$root).forEach((row) => {
        if (!valuesOf(row).some(Boolean)) row.remove();
      });
      this.look();
    },
  }));
});

function rows(root) {
  return [...root.querySelectorAll(".variant-row")];
}

function valuesOf(row) {
  return OPTIONS.map((option) => row.querySelector(`.value-${option} input`).value.trim());
}

function showOption(root, option, many) {
  const name = root.querySelector(`[name=option_${option}]`).value.trim();
  for (const cell of root.querySelectorAll(`.value-${option}`)) {
    cell.hidden = !many || !name;
    cell.querySelector("span").textContent = name;
  }
}

function addRow(root, values) {
  const total = root.querySelector("[name=form-TOTAL_FORMS]");
  const place = root.querySelector("[data-rows]");
  const blank = root.querySelector("template").innerHTML.replaceAll("__prefix__", total.value);
  place.insertAdjacentHTML("beforeend", blank);
  total.value = Number(total.value) + 1;
  values.forEach((value, index) => {
    place.lastElementChild.querySelector(`.value-${OPTIONS[index]} input`).value = value;
  });
}

function combinations(root) {
  const lists = OPTIONS.map((option) => listed(root, option));
  if (!lists.some((list) => list[0])) return [];
  return lists.reduce((made, list) => made.flatMap((start) => list.map((value) => [...start, value])), [[]]);
}

function listed(root, option) {
  const named = root.querySelector(`[name=option_${option}]`).value.trim();
  const written = root.querySelector(`[data-values="${option}"]`).value.split(/[,，、\s]+/).filter(Boolean);
  return named && written.length ? [...new Set(written)] : [""];
}
