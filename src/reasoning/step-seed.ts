/** The sampling seed of a step, from the run's seed, the step's place, the attempt, and the branch where that is to have another step than the ones before: 32 bits, well mixed (murmur3's finaliser). */
export function stepSeed(seed: number, index: number, attempt = 0, branch = 0): number {
  let hash = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b) ^ Math.imul(attempt, 0xc2b2ae35) ^ Math.imul(branch, 0x27d4eb2f)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & 0x7fffffff;
}
