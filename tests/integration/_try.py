import sys, time
sys.path.insert(0, "tests/integration"); sys.path.insert(0,"tests")
import pytest, electrode_stand_ins
from electrode_stand_ins import study, with_parameters, STUDY
from ragone.dataset import Lake
from ragone.flows import run_campaign
from pathlib import Path
import shutil
p=Path("/tmp/bag/stand"); shutil.rmtree(p, ignore_errors=True); p.mkdir()
with pytest.MonkeyPatch.context() as patch:
    electrode_stand_ins.register(patch)
    from ragone.dataset.exchange import select
    with Lake.open(p/"lake", create=True) as lake:
        r=run_campaign(lake, study()); r2=run_campaign(lake, with_parameters("manufacture", fail_above_porosity=0.4))
        t=time.time()
        for x in (r,r2):
            s=select(lake, x.campaign.id)
            print(len(s.artifacts), len(s.runs), len(s.edges), sum(a.dropped for a in s.artifacts.values()), [q.stage for _,q in s.runs if q.outcome=="failed"], time.time()-t)
        s=select(lake, r.trials[0].kpis[0].id); print(len(s.artifacts), len(s.runs)); 
        from collections import Counter
        print(Counter(a.kind for a in s.artifacts.values()), Counter(q.stage for _,q in s.runs))
        print(lake.sql("select count(*) from artifacts"), lake.sql("select count(*) from runs"))
