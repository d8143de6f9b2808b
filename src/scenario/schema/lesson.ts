import * as v from 'valibot';
import { encodeProblem } from '../problem.ts';
import { SettingsSchema } from './settings.ts';
import { StepSchema } from './step.ts';
import { IdSchema, listOf, localized, oneOf, strict } from './parts.ts';

export const tracks = ['identity', 'handshake', 'operate', 'trust', 'policy'] as const;
const levels = ['beginner', 'intermediate', 'advanced'] as const;

/** Keys that describe a lesson without its body. */
export const summaryEntries = {
  version: v.pipe(
    v.literal(
      1,
      encodeProblem({
        rule: 'version',
        message: 'version must be 1',
        hint: 'this program reads format version 1',
      }),
    ),
    v.description('Version of the lesson format.'),
  ),
  id: IdSchema,
  track: v.pipe(oneOf('track', tracks), v.description('Track of the gallery.')),
  order: v.pipe(v.number(), v.integer(), v.minValue(0), v.description('Place within the track.')),
  title: localized('a title', 120, 'Title of the lesson.'),
  summary: localized('a summary', 300, 'One line for the gallery: what the learner can say afterwards.'),
  level: oneOf('level', levels),
  minutes: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.maxValue(240),
    v.description('About how long it takes.'),
  ),
  concepts: v.pipe(
    listOf('concepts', v.pipe(v.string(), v.maxLength(40)), 20),
    v.description('Terms the lesson teaches.'),
  ),
  prerequisites: v.pipe(
    listOf('prerequisites', IdSchema, 10),
    v.description('Ids of lessons to take first.'),
  ),
};

const MeshSchema = v.pipe(
  strict('mesh', {
    settings: v.exactOptional(SettingsSchema),
    resources: v.pipe(
      v.string(),
      v.maxLength(300_000),
      v.description('Kubernetes YAML, one or more documents, applied when the world begins.'),
    ),
    ready: v.exactOptional(
      v.pipe(v.boolean(), v.description('Whether all pods are ready before the first step. Default false.')),
    ),
  }),
  v.description('The mesh the lesson begins with.'),
);

/** A whole lesson file, format version 1. */
export const LessonSchema = v.pipe(
  strict('a lesson', { ...summaryEntries, mesh: MeshSchema, steps: listOf('steps', StepSchema, 60, 1) }),
  v.title('svidlab lesson'),
  v.description('A lesson of svidlab, format version 1.'),
);

/** A validated lesson as its file says it. */
export type Lesson = v.InferOutput<typeof LessonSchema>;
export type Track = (typeof tracks)[number];
export type Level = (typeof levels)[number];
