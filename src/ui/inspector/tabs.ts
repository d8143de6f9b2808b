/** The ways of looking at an artefact. */
export type ArtefactTab = 'fields' | 'structure' | 'hex' | 'prove' | 'verify';
