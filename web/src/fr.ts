export const french: Partial<Record<string, string>> = {};
