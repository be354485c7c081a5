# frozen_string_literal: true

require 'gatehouse'

BASE = ENV.fetch('BASE', 'http://localhost:8000')
EMAIL = ENV.fetch('EMAIL', 'test@example.com')
PASSWORD = 'correct horse battery staple'
$stdout.sync = true

def client(access = nil)
  Gatehouse::ApiClient.new(Gatehouse::Configuration.new do |config|
    config.scheme = BASE[/\A\w+/]
    config.host = BASE
    config.access_token = access
  end)
end

def registration(email)
  Gatehouse::RegistrationRequest.new(email: email, password: PASSWORD, password_confirm: PASSWORD)
end

def report
  yield
  raise 'no problem'
rescue Gatehouse::ApiError => e
  problem = Gatehouse::Problem.build_from_hash(JSON.parse(e.response_body))
  puts [problem.status, problem.code, *problem.errors&.map(&:pointer)].join(' ')
end

users = Gatehouse::UsersApi.new(client)
auth = Gatehouse::AuthApi.new(client)

users.register_user(registration(EMAIL))
puts "WAITING #{EMAIL}"
users.confirm_activation(Gatehouse::ActivationRequest.new(code: $stdin.gets.chomp))
puts 'activated'

tokens = auth.create_token(Gatehouse::Credentials.new(email: EMAIL, password: PASSWORD))
puts 'signed in'
renewed = auth.refresh_token(Gatehouse::RefreshRequest.new(refresh: tokens.refresh))
raise 'the same refresh token' if renewed.refresh == tokens.refresh

puts 'refreshed'

mine = client(renewed.access)
me = Gatehouse::UsersApi.new(mine).get_me
puts "me #{me.email} #{me.language}"
page = Gatehouse::LogsApi.new(mine).list_login_logs(ordering: Gatehouse::TimestampOrdering::LATEST_FIRST, page_size: 5)
puts "logs #{page.results.count { |log| log.user == me.id }}"

report { Gatehouse::UsersApi.new(client('no.such.token')).get_me }
report { users.register_user(registration('nobody')) }
report { auth.create_token(Gatehouse::Credentials.new(email: EMAIL, password: 'a wrong one')) }
