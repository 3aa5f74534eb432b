import os
import sys
from collections.abc import AsyncIterator
from random import Random, SystemRandom

import pytest

from tests.fakes.telegram import FakeBotApi


@pytest.fixture
def chance() -> Random:
    """The moments of this run; SEED=… takes those of an earlier one."""
    seed = int(os.environ.get("SEED", SystemRandom().randrange(10**6)))
    sys.stdout.write(f"SEED={seed}\n")
    return Random(seed)


@pytest.fixture
async def fake() -> FakeBotApi:
    return FakeBotApi()


@pytest.fixture
async def api(fake: FakeBotApi) -> AsyncIterator[str]:
    """The address of the fake, served over real sockets."""
    async with fake.serve() as address:
        yield address
