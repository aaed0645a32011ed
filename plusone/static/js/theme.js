// Runs before the first paint, so that a chosen theme never flashes. "auto" follows the device.
const THEMES = { light: "plusone", dark: "plusone-dark" };
const KEY = "plusone-theme";

function storedTheme() {
  try {
    return localStorage.getItem(KEY) || "auto";
  } catch {
    return "auto"; // storage can be forbidden inside LINE's browser
  }
}

function showTheme(choice) {
  if (THEMES[choice]) document.documentElement.dataset.theme = THEMES[choice];
  else delete document.documentElement.dataset.theme;
}

showTheme(storedTheme());

document.addEventListener("alpine:init", () => {
  Alpine.data("theme", () => ({
    choice: storedTheme(),
    choose() {
      this.choice = this.$el.value;
      showTheme(this.choice);
      try {
        localStorage.setItem(KEY, this.choice);
      } catch {
        // the choice then lasts for this page only
      }
    },
    pressed() {
      return this.choice === this.$el.value ? "true" : "false";
    },
  }));
});
