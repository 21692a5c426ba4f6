using Xunit.Abstractions;

namespace Memoize.Tests;

/// <summary>
/// Plays random interleavings of calls, refreshes, writes, cancellations and time on real cached methods, one step at a time,
/// and checks them against a model after every step (see <see cref="InterleavingGame"/>). The seed decides everything: a failure
/// names its seed, and <c>MEMOIZE_SEED=seed dotnet test --filter Interleavings</c> plays that game again and lists its moves.
/// <c>MEMOIZE_GAMES=1000000</c> plays more of them than every build has the time for.
/// </summary>
public sealed class Interleavings(ITestOutputHelper output)
{
    private const int Games = 20_000;

    [Fact]
    public void Random_interleavings_keep_the_promises_of_calls_locks_computations_and_store()
    {
        int? replayed = Setting("MEMOIZE_SEED");
        int first = replayed ?? Environment.TickCount & 0xFFFFFF;
        int games = Setting("MEMOIZE_GAMES") ?? (replayed is null ? Games : 1);
        long steps = 0;
        long calls = 0;
        ControlledScheduler.Play(workers =>
        {
            for (int seed = first; seed < first + games; seed++)
            {
                using var game = new InterleavingGame(seed, workers);
                try
                {
                    game.Play();
                }
                catch (Exception failure)
                {
                    throw new InvalidOperationException(
                        $"Seed {seed}: {failure.Message}\nPlay it again with MEMOIZE_SEED={seed} dotnet test tests/Memoize.Tests --filter {nameof(Interleavings)}\n{game}", failure);
                }

                steps += game.Moves.Count;
                calls += game.Calls;
                if (games == 1) output.WriteLine(game.ToString());
            }
        });

        output.WriteLine($"{games} interleavings of {calls} calls in {steps} steps, seeds from {first}.");
    }

    [Fact]
    public void The_same_seed_plays_the_same_game() =>
        ControlledScheduler.Play(workers =>
        {
            for (int seed = 1; seed <= 200; seed++)
            {
                using var one = new InterleavingGame(seed, workers);
                using var two = new InterleavingGame(seed, workers);
                one.Play();
                two.Play();

                Assert.Equal(one.Moves, two.Moves);
                Assert.Equal($"{one}", $"{two}");
            }
        });

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out int value) ? value : null;
}
