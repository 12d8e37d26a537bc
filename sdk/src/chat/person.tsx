/** Who somebody is: a picture made from the address, and a name that does not deceive. */
import { memo, type ReactNode } from "react";
import { shortAddress } from "../observe/index.js";
import { useName } from "../react/index.js";

/** The same for the same address. It proves nothing: the name and the address stand beside it. */
export const Avatar = memo(function Avatar({ address }: { readonly address: string }): ReactNode {
  let seed = 7;
  for (const character of address) seed = (seed * 31 + character.charCodeAt(0)) >>> 0;
  const hue = seed % 360;
  const cells = Array.from({ length: 15 }, (_, i) => ((seed >>> (i % 27)) ^ (seed >>> (i + 5))) & 1);
  return (
    <svg className="postern-avatar" viewBox="-1.5 -1.5 8 8" aria-hidden="true" focusable="false">
      <rect x="-1.5" y="-1.5" width="8" height="8" fill={`hsl(${hue} 45% 88%)`} />
      {cells.map((on, i) => on === 1 && [...new Set([i % 3, 4 - (i % 3)])].map((x) => <rect key={`${i}-${x}`} x={x} y={Math.floor(i / 3)} width="1.02" height="1.02" fill={`hsl(${hue} 55% 42%)`} />))}
    </svg>
  );
});

/** The name with the address beside it where the name alone could deceive; else either. */
export function PersonName({ address, full = false }: { readonly address: string; /** The address always. */ readonly full?: boolean }): ReactNode {
  const { name, deceptive } = useName(address);
  const short = shortAddress(address);
  if (name === undefined) return <bdi className="postern-name" title={address}>{short}</bdi>;
  return (
    <>
      <bdi className="postern-name" title={address}>{name}</bdi>
      {(deceptive || full) && <> <bdi className="postern-address" title={address}>{short}</bdi></>}
    </>
  );
}
