/** Something that a test or the editor needs cannot be had on this machine; the message says what and why. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}
