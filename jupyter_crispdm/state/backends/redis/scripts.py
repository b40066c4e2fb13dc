"""What Redis does in one step. Times are milliseconds of its own clock."""

from __future__ import annotations

_NOW = """
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
"""

READ = _NOW + """
-- KEYS: entries, values, totals, answer; ARGV: key
local totals = redis.call('HMGET', KEYS[3], 'floor', 'keys', 'size')
return {redis.call('HGET', KEYS[1], ARGV[1]), redis.call('HGET', KEYS[2], ARGV[1]),
  tonumber(totals[1] or '0'), tonumber(totals[2] or '0'), tonumber(totals[3] or '0'), now,
  redis.call('GET', KEYS[4])}
"""
"""A value, how much there is of everything, the time, and what a change was answered.

Not a transaction: those are refused without memory.
"""

WRITE = _NOW + """
-- KEYS: entries, values, totals, due, gone, lock of the key, answer
-- ARGV: key, entry as it was read, entry, value, keys more, bytes more, floor as it was read, time to live (or ''),
--       when it was deleted (or ''), lock (or ''), latest moment, channel (or ''), old content, pieces of it,
--       content, pieces of it, answer (or ''), how long it is kept
local key = ARGV[1]
if now > tonumber(ARGV[11]) then return 'late' end
if ARGV[17] ~= '' and redis.call('EXISTS', KEYS[7]) == 1 then return 'again' end
if ARGV[10] ~= '' then
  local held = redis.call('HMGET', KEYS[6], 'id', 'until')
  if held[1] ~= ARGV[10] or tonumber(held[2]) <= now then return 'lock' end
end
local floor = redis.call('HGET', KEYS[3], 'floor') or '0'
if (redis.call('HGET', KEYS[1], key) or '') ~= ARGV[2] or floor ~= ARGV[7] then return 'again' end
for piece = 0, tonumber(ARGV[16]) - 1 do
  if redis.call('EXISTS', ARGV[15] .. piece) == 0 then return 'lost' end
end
for piece = 0, tonumber(ARGV[16]) - 1 do redis.call('PERSIST', ARGV[15] .. piece) end
for piece = 0, tonumber(ARGV[14]) - 1 do redis.call('PEXPIRE', ARGV[13] .. piece, 60000) end
redis.call('HSET', KEYS[1], key, ARGV[3])
if ARGV[9] == '' then
  redis.call('HSET', KEYS[2], key, ARGV[4])
  redis.call('ZREM', KEYS[5], key)
else
  redis.call('HDEL', KEYS[2], key)
  redis.call('ZADD', KEYS[5], ARGV[9], key)
end
if ARGV[8] == '' then redis.call('ZREM', KEYS[4], key) else redis.call('ZADD', KEYS[4], ARGV[8], key) end
redis.call('HINCRBY', KEYS[3], 'keys', ARGV[5])
redis.call('HINCRBY', KEYS[3], 'size', ARGV[6])
if ARGV[17] ~= '' then redis.call('SET', KEYS[7], ARGV[17], 'PX', ARGV[18]) end
if ARGV[12] ~= '' then redis.call('PUBLISH', ARGV[12], 'value ' .. key) end
return 'ok'
"""
"""Write a value, unless it is another one than was read, its lock is lost, or it is too late by now."""

FORGET = """
-- KEYS: entries, totals, gone; ARGV: floor, then keys with their entries as they were read
local floor = tonumber(redis.call('HGET', KEYS[2], 'floor') or '0')
for at = 2, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[at]) == ARGV[at + 1] then
    redis.call('HDEL', KEYS[1], ARGV[at])
    redis.call('ZREM', KEYS[3], ARGV[at])
    floor = math.max(floor, tonumber(ARGV[1]))
  end
end
redis.call('HSET', KEYS[2], 'floor', string.format('%.0f', floor))
"""
"""Forget values that were deleted, unless they were made anew."""

_LINE = _NOW + """
-- KEYS: lock, line, seen, turns
local function settle()
  local held = redis.call('HMGET', KEYS[1], 'id', 'until', 'by', 'session')
  if held[1] and tonumber(held[2]) <= now then
    redis.call('DEL', KEYS[1])
    held = {}
  end
  for _, ticket in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    if tonumber(redis.call('HGET', KEYS[3], ticket) or '0') <= now then
      redis.call('ZREM', KEYS[2], ticket)
      redis.call('HDEL', KEYS[3], ticket)
    end
  end
  return held
end
local function wake(channel, key)
  local first = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
  if first and redis.call('EXISTS', KEYS[1]) == 0 then
    redis.call('PUBLISH', channel, 'lock ' .. key .. ' ' .. first)
  end
end
"""

ASK = _LINE + """
-- ARGV: ticket, by, session, milliseconds, patience
local held = settle()
if held[1] == ARGV[1] then return {1, tonumber(held[2]) - now} end
if not redis.call('ZSCORE', KEYS[2], ARGV[1]) then
  redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[4]), ARGV[1])
end
redis.call('HSET', KEYS[3], ARGV[1], now + tonumber(ARGV[5]))
redis.call('PEXPIRE', KEYS[2], 3600000)
redis.call('PEXPIRE', KEYS[3], 3600000)
if held[1] then return {0, tonumber(held[2]) - now, held[3], held[4]} end
if redis.call('ZRANGE', KEYS[2], 0, 0)[1] ~= ARGV[1] then return {0, -1} end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'until', now + tonumber(ARGV[4]), 'by', ARGV[2], 'session', ARGV[3])
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[4]) + 60000)
return {1, tonumber(ARGV[4])}
"""
"""The lock, if it is free and the ticket is first in line; else a place in line."""

LEAVE = _LINE + """
-- ARGV: ticket, channel, key
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
if settle()[1] == ARGV[1] then redis.call('DEL', KEYS[1]) end
wake(ARGV[2], ARGV[3])
"""
"""Wait no more; a lock that came meanwhile is free."""

RENEW = _LINE + """
-- ARGV: id, milliseconds
local held = settle()
if held[1] ~= ARGV[1] then return {0} end
redis.call('HSET', KEYS[1], 'until', now + tonumber(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]) + 60000)
return {1, held[3], held[4]}
"""
"""Hold a lock for so long from now on."""

FREE = _LINE + """
-- ARGV: id, channel, key
if settle()[1] ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
wake(ARGV[2], ARGV[3])
return 1
"""
"""Give a lock back, and wake who is first in line."""
