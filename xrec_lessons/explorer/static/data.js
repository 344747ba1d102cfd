// Reads what `explorer/data.py` packed.

const VERSION = 1;
const TYPES = { uint16: Uint16Array, uint32: Uint32Array, float32: Float32Array };

/** From bytes to the header, with its arrays by their names in place of their list. */
export async function unpacked(bytes) {
  const content = await unzipped(bytes);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const magic = String.fromCharCode(...content.subarray(0, 8));
  if (magic !== "xrecpage" || content.length < 16) throw new Error("These are not the data of an explorer: give what explorer_data made of a bundle.");
  const version = view.getUint32(8, true);
  if (version !== VERSION) {
    throw new Error(`These data have format ${version}, and this page reads format ${VERSION}: make both with the same version of xrec_lessons.`);
  }
  let at = 16 + view.getUint32(12, true);
  const header = JSON.parse(new TextDecoder().decode(content.subarray(16, at)));
  const arrays = {};
  for (const [name, type, length] of header.arrays) {
    const size = TYPES[type].BYTES_PER_ELEMENT * length;
    if (at + size > content.length) throw new Error("The data of the explorer end too early: load them again.");
    arrays[name] = numbers(content.subarray(at, at + size), type, length);
    at += size;
  }
  return { ...header, arrays };
}

async function unzipped(bytes) {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    throw new Error("The data of the explorer are damaged, or are none: load them again.");
  }
}

/** A typed array of bytes, which are little-endian as in every browser. */
function numbers(bytes, type, length) {
  if (type !== "uint16") return new TYPES[type](bytes.slice().buffer);
  const found = new Uint16Array(length);
  for (let k = 0; k < length; k++) found[k] = bytes[k] | (bytes[length + k] << 8);
  return found;
}
