-- KEYS as above. ARGV: this process, then for each key: tokens and nanodollars that it gives back.
local me = ARGV[1]
for i, key in ipairs(KEYS) do
  for j, field in ipairs({'t', 'u'}) do
    local amount = tonumber(ARGV[1 + (i - 1) * 2 + j])
    local own = field .. ':' .. me
    local mine = tonumber(redis.call('HGET', key, own) or '0')
    amount = math.min(amount, mine)
    if amount > 0 then
      redis.call('HINCRBY', key, field, string.format('%.0f', -amount))
      redis.call('HINCRBY', key, own, string.format('%.0f', -amount))
    end
  end
end
return redis.status_reply('OK')
