// Copies the text of the element named by data-copy-from, and says so for two seconds.
document.addEventListener("alpine:init", () => {
  Alpine.data("copy", () => ({
    copied: false,
    async copy() {
      await putOnClipboard(this.$root.querySelector("[data-copy-text]"));
      this.copied = true;
      setTimeout(() => {
        this.copied = false;
      }, 2000);
    },
    waiting() {
      return !this.copied;
    },
  }));
});

async function putOnClipboard(source) {
  if (navigator.clipboard) return navigator.clipboard.writeText(source.textContent.trim());
  // Plain http on a phone in the same network has no clipboard API: select, so that a long press copies.
  getSelection().selectAllChildren(source);
  document.execCommand("copy");
}
