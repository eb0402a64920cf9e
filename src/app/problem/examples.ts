/** Problems the embedded pair can solve; it reads only English. From the data set in public/problems/. */
export const examples: readonly string[] = [
  "Take the number 10. Double it. Take away 6. What is the result?",
  "A box holds 81 coins. Add 28. Take away 6. Add 47. Divide it by 2. Take away 30. Double it. What number do you get?",
  "Start with 41. Take away 20. Decrease it by 12. Increase it by 97. Add 46. Subtract 85. Decrease it by 52. Add 33. Divide it by 2. Find the final number.",
];
