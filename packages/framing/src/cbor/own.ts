/** True for a property of the object's own. Inside `for … in` it costs nothing, unlike `Object.hasOwn`. */
export function isOwn(object: object, key: string): boolean {
  // biome-ignore lint/suspicious/noPrototypeBuiltins: engines know this form.
  return Object.prototype.hasOwnProperty.call(object, key);
}
