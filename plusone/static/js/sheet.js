// Opens the <dialog> that follows its button; the browser keeps focus inside and gives it back.
document.addEventListener("alpine:init", () => {
  Alpine.data("sheet", () => ({
    open() {
      this.$refs.dialog.showModal();
    },
    close() {
      this.$refs.dialog.close();
    },
    closeOutside(event) {
      if (event.target === this.$refs.dialog) this.close();
    },
  }));
});
