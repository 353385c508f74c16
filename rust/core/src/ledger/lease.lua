-- KEYS: one hash for each account and window. ARGV: this process, grace (s), ahead (ms), then for each key:
-- period (ms), window, cap and want of tokens, cap and want of nanodollars, and what this process has had of each.
-- Returns the time (ms), then for each key: state, tokens, nanodollars.
-- States: 0 given, 1 dry, 2 window over, 3 too early, 4 recovering.
-- A hash that has lost what a process has had, or that is new in the middle of its window, may have been evicted or deleted. It
-- gives nothing for the grace, in which all processes report what they have had.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local uptime = tonumber(string.match(redis.call('INFO', 'server'), 'uptime_in_seconds:(%d+)') or '0')
local me, grace, ahead = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local reply = {string.format('%.0f', now)}

local function part(key, field, cap, want, had, recovering)
  local own = field .. ':' .. me
  local total = tonumber(redis.call('HGET', key, field) or '0')
  local mine = tonumber(redis.call('HGET', key, own) or '0')
  if mine < had then
    -- The server has lost what it once gave: it is put back.
    total = total + had - mine
    mine = had
  end
  local given = mine - had
  if given == 0 and not recovering then
    given = math.max(0, math.min(want, cap - total))
    total = total + given
    mine = mine + given
  end
  redis.call('HSET', key, field, string.format('%.0f', total), own, string.format('%.0f', mine))
  return given
end

for i, key in ipairs(KEYS) do
  local a = {}
  for j = 1, 8 do a[j] = tonumber(ARGV[3 + (i - 1) * 8 + j]) end
  local period, window = a[1], a[2]
  local current = math.floor(now / period)
  local state, tokens, nano = 0, 0, 0
  if window < current then
    state = 2
  elseif window > current + 1 or (window == current + 1 and (current + 1) * period - now > ahead) then
    state = 3
  else
    local own = ':' .. me
    local gone = tonumber(redis.call('HGET', key, 't' .. own) or '0') < a[7]
      or tonumber(redis.call('HGET', key, 'u' .. own) or '0') < a[8]
    local new = redis.call('EXISTS', key) == 0 and now - window * period > grace * 1000
    if gone or new then
      redis.call('HSET', key, 'lost', string.format('%.0f', now))
    end
    local lost = tonumber(redis.call('HGET', key, 'lost') or '0')
    local recovering = uptime < grace or (lost > 0 and now - lost < grace * 1000)
    tokens = part(key, 't', a[3], a[4], a[7], recovering)
    nano = part(key, 'u', a[5], a[6], a[8], recovering)
    redis.call('PEXPIREAT', key, string.format('%.0f', (window + 2) * period + 60000))
    if recovering then
      state = 4
    elseif tokens < a[4] or nano < a[6] then
      state = 1
    end
  end
  reply[#reply + 1] = state
  reply[#reply + 1] = string.format('%.0f', tokens)
  reply[#reply + 1] = string.format('%.0f', nano)
end
return reply
