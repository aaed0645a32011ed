// The templates' pictures follow the language and the colours chosen.
document.addEventListener("alpine:init", () => {
  Alpine.data("menuTemplates", () => ({
    look() {
      const chosen = new FormData(this.$root);
      for (const picture of this.$root.querySelectorAll(".menu-template img")) {
        const address = new URL(picture.src);
        for (const name of ["language", "palette"]) address.searchParams.set(name, chosen.get(name));
        picture.src = address;
      }
    },
  }));
});
