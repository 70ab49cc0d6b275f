/** Files out of a page. */

/** Hands `blob` to the reader's downloads. */
export function saveFile(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement('a'), { href: address, download: name }).click();
  // Some browsers read it a moment later.
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, 10_000);
}

/** Pixels of a PNG per pixel of the page: sharp in print and on a projector. */
const PNG_SCALE = 3;

/** An SVG as a picture, with the page's own fonts in it. Throws where this browser cannot draw it. */
export async function pngOf(svg: string): Promise<Blob> {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(await withFonts(svg))}`;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.naturalWidth * PNG_SCALE);
  canvas.height = Math.round(picture.naturalHeight * PNG_SCALE);
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('this browser makes no PNG of it'));
      else resolve(blob);
    }, 'image/png');
  });
}

/** A picture sees no font of the page around it: those it names are put into it. */
async function withFonts(svg: string): Promise<string> {
  const faces = [...document.styleSheets]
    .flatMap((sheet) => [...sheet.cssRules])
    .filter((rule) => rule instanceof CSSFontFaceRule)
    .filter((rule) => svg.includes(familyOf(rule)));
  const embedded = await Promise.all(faces.map(embeddedFace));
  return svg.replace('<title>', `<style>${embedded.join('')}</style><title>`);
}

const familyOf = (face: CSSFontFaceRule): string =>
  face.style.getPropertyValue('font-family').replace(/^["']|["']$/g, '');

async function embeddedFace(face: CSSFontFaceRule): Promise<string> {
  const file = /url\("?([^")]+)"?\)/.exec(face.style.getPropertyValue('src'))?.[1];
  if (file === undefined) return '';
  const answer = await fetch(new URL(file, face.parentStyleSheet?.href ?? location.href));
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return `@font-face{font-family:'${familyOf(face)}';font-weight:100 900;src:url(data:font/woff2;base64,${text}) format('woff2')}`;
}
