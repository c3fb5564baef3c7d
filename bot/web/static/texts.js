// The page's own texts, in the visitor's language.

let texts = {};

export function useTexts(given) {
  texts = given;
}

export function text(key) {
  return texts[key] ?? key;
}
