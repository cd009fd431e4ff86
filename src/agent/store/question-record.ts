/** Whether what is stored as the question of a turn is one. */
import { isRecord } from '../../json.ts';
import { hasNumbers, hasTexts, isListOf, isOptional, isText, isTime, isTrue } from './stored-fields.ts';

export function isQuestion(value: unknown): boolean {
  return (
    isRecord(value) &&
    hasTexts(value, 'id', 'channelId', 'authorId', 'authorName', 'text') &&
    isTime(value.askedAt) &&
    isOptional(value.originalId, isText) &&
    isOptional(value.guildId, isText) &&
    isOptional(value.roleIds, (ids) => isListOf(ids, isText)) &&
    isOptional(value.isPrivate, isTrue) &&
    isOptional(value.quotes, (quotes) => isListOf(quotes, isQuotedMessage)) &&
    isOptional(value.attachments, (attachments) => isListOf(attachments, isAttachment)) &&
    isOptional(value.withoutHistory, isTrue) &&
    isOptional(value.settings, isTurnSettings)
  );
}

function isTurnSettings(value: unknown): boolean {
  return (
    isRecord(value) &&
    isOptional(value.language, isText) &&
    isOptional(value.instructions, (all) => isListOf(all, isInstructions)) &&
    isOptional(value.model, isText) &&
    isOptional(value.toolsOff, isToolsOff) &&
    isOptional(value.approval, isApprovalRule) &&
    isOptional(value.notices, isText)
  );
}

function isInstructions(value: unknown): boolean {
  return (
    isRecord(value) && ['server', 'channel', 'person'].some((scope) => scope === value.of) && hasTexts(value, 'text')
  );
}

function isToolsOff(value: unknown): boolean {
  return isRecord(value) && isListOf(value.servers, isText) && isListOf(value.tools, isText);
}

function isApprovalRule(value: unknown): boolean {
  return (
    isRecord(value) && (value.when === 'destructive' || value.when === 'always') && isOptional(value.notAsker, isTrue)
  );
}

function isQuotedMessage(value: unknown): boolean {
  return (
    isRecord(value) &&
    hasTexts(value, 'text') &&
    ['replied-to', 'forwarded', 'chosen', 'recent'].some((relation) => relation === value.relation) &&
    isOptional(value.authorName, isText) &&
    isOptional(value.isHidden, isTrue)
  );
}

function isAttachment(value: unknown): boolean {
  return (
    isRecord(value) &&
    hasTexts(value, 'name', 'url') &&
    hasNumbers(value, 'bytes') &&
    isOptional(value.source, isSource) &&
    isOptional(value.quote, Number.isInteger)
  );
}

function isSource(value: unknown): boolean {
  if (!isRecord(value) || !isText(value.server)) return false;
  if (value.type === 'resource') return isText(value.uri);
  const isPrompt = value.type === 'prompt' && isText(value.name) && isRecord(value.arguments);
  return isPrompt && Object.values(Object(value.arguments)).every(isText);
}
