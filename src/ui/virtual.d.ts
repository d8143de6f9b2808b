declare module 'virtual:lesson-catalogue' {
  import type { LessonSummary } from './gallery/summary.ts';
  export const catalogue: readonly LessonSummary[];
}
