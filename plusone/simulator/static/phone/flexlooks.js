// Flex's words for sizes, gaps and colours as CSS values. What is not a known word or a plain length is left out.

const TEXT = {
  xxs: "11px",
  xs: "13px",
  sm: "14px",
  md: "16px",
  lg: "19px",
  xl: "22px",
  xxl: "29px",
  "3xl": "35px",
  "4xl": "48px",
  "5xl": "74px",
};
export const IMAGE_SIZES = {
  xxs: "40px",
  xs: "60px",
  sm: "80px",
  md: "100px",
  lg: "120px",
  xl: "140px",
  xxl: "160px",
  "3xl": "180px",
  "4xl": "200px",
  "5xl": "220px",
  full: "100%",
};
const GAPS = { none: "0", xs: "2px", sm: "4px", md: "8px", lg: "12px", xl: "16px", xxl: "20px" };
const CORNERS = { none: "0", xs: "2px", sm: "4px", md: "8px", lg: "12px", xl: "16px", xxl: "20px" };
const BORDERS = { none: "0", light: "0.5px", normal: "1px", medium: "2px", "semi-bold": "3px", bold: "4px" };

export const JUSTIFY = {
  "flex-start": "flex-start",
  center: "center",
  "flex-end": "flex-end",
  "space-between": "space-between",
  "space-around": "space-around",
  "space-evenly": "space-evenly",
};
export const ALIGN = {
  "flex-start": "flex-start",
  center: "center",
  "flex-end": "flex-end",
  top: "flex-start",
  bottom: "flex-end",
};

const LENGTH = /^-?\d+(\.\d+)?(px|%)$/;
const COLOR = /^#([0-9a-f]{6}|[0-9a-f]{8})$/i;

export function lengthOf(value, table = {}) {
  if (Object.hasOwn(table, value)) return table[value];
  return LENGTH.test(value ?? "") ? value : null;
}

export const textSize = (value) => lengthOf(value, TEXT);
export const gap = (value) => lengthOf(value, GAPS);
export const color = (value) => (COLOR.test(value ?? "") ? value : null);

export function ratio(value) {
  const found = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(value ?? "");
  return found ? `${found[1]} / ${found[2]}` : null;
}

export function boxLooks(box) {
  const border = lengthOf(box.borderWidth, BORDERS);
  return {
    "background-color": color(box.backgroundColor),
    "background-image": gradient(box.background),
    "border-radius": lengthOf(box.cornerRadius, CORNERS),
    border: border ? `${border} solid ${color(box.borderColor) ?? "#000000"}` : null,
    width: lengthOf(box.width),
    "max-width": lengthOf(box.maxWidth),
    height: lengthOf(box.height),
    "max-height": lengthOf(box.maxHeight),
    padding: gap(box.paddingAll),
    "padding-top": gap(box.paddingTop),
    "padding-bottom": gap(box.paddingBottom),
    "padding-inline-start": gap(box.paddingStart),
    "padding-inline-end": gap(box.paddingEnd),
  };
}

function gradient(background) {
  const angle = /^\d+(\.\d+)?deg$/.test(background?.angle ?? "") ? background.angle : null;
  const [from, to] = [color(background?.startColor), color(background?.endColor)];
  return angle && from && to ? `linear-gradient(${angle}, ${from}, ${to})` : null;
}

export function offsetLooks(content) {
  const placed = content.position === "absolute" ? "absolute" : null;
  return {
    position: placed,
    top: gap(content.offsetTop),
    bottom: gap(content.offsetBottom),
    "inset-inline-start": gap(content.offsetStart),
    "inset-inline-end": gap(content.offsetEnd),
  };
}
